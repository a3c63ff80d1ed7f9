/** What the tables' answers mean, with the header that most answers of a kind have. */
import { answersThat } from "./recorded.ts";

export const json = { "content-type": "application/json" };
export const problem = { "content-type": "application/problem+json" };
export const html = { "content-type": "text/html; charset=utf-8" };
export const text = { "content-type": "text/plain; charset=utf-8" };
export const xml = { "content-type": "application/xml" };

export const address = answersThat("blocked/address", json);
export const unknown = answersThat("blocked/unknown", html);
export const challenge = answersThat("blocked/challenge", html);
export const rate = answersThat("blocked/rate", json);
export const country = answersThat("blocked/country", json);
export const legal = answersThat("blocked/legal", html);
export const client = answersThat("blocked/client", json);
export const network = answersThat("blocked/network", json);
export const unauthorized = answersThat("unauthorized", json);
export const down = answersThat("target-down", json);
export const ok = answersThat("ok", json);
