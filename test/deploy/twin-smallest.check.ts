import { checkInTwin } from "./check-in-twin.ts";

checkInTwin("smallest");
