/** What an answer looks like, whatever it says: enough to tell the partner's usual answer from another one. Pure. */
import type { HttpAnswer } from "./answer.ts";

export interface Shape {
  readonly status: number;
  readonly body: "json" | "html" | "text" | "empty";
  /** The top-level keys of JSON or the title of a page; empty where there is none, or the body was cut off before it. */
  readonly detail: string;
  /** The host that answered after redirects, where that is another than the target's. */
  readonly host: string | undefined;
}

export function shapeOf({ status, headers, body }: HttpAnswer, host?: string): Shape {
  const text = body.trim();
  if (text === "") return { status, body: "empty", detail: "", host };
  if (/\bjson\b/.test(headers["content-type"] ?? "") || /^[{[]/.test(text)) {
    return { status, body: "json", detail: keysOf(text), host };
  }
  if (/\bhtml\b/.test(headers["content-type"] ?? "") || /^<(?:!doctype|html)/i.test(text)) {
    return { status, body: "html", detail: /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.trim() ?? "", host };
  }
  return { status, body: "text", detail: "", host };
}

/** Returns whether two answers look alike; a detail that is not known does not set them apart. */
export function isAlike(a: Shape, b: Shape): boolean {
  const isSameDetail = a.detail === b.detail || a.detail === "" || b.detail === "";
  return a.status === b.status && a.body === b.body && a.host === b.host && isSameDetail;
}

function keysOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value).sort().join(" ")
      : "";
  } catch {
    return "";
  }
}
