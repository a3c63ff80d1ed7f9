import { checkInTwin } from "./check-in-twin.ts";

checkInTwin("inside-an-app");
