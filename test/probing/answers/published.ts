/** All answers in the shape in which they were published, whatever rule recognises them. */
import { applications } from "./applications.ts";
import { callers } from "./callers.ts";
import { callersAbroad } from "./callers-abroad.ts";
import { callersByCode } from "./callers-by-code.ts";
import { callersInWords } from "./callers-in-words.ts";
import { challenges } from "./challenges.ts";
import { clouds } from "./clouds.ts";
import { couriersAndBanks } from "./couriers-and-banks.ts";
import { errorsInDisguise } from "./errors-in-disguise.ts";
import { everydayErrors } from "./everyday-errors.ts";
import { healthy } from "./healthy.ts";
import { innocentWords } from "./innocent-words.ts";
import { keysAndLimits } from "./keys-and-limits.ts";
import { limits } from "./limits.ts";
import { lists } from "./lists.ts";
import { moreCallers } from "./more-callers.ts";
import { moreServices } from "./more-services.ts";
import { otherAnswers } from "./other-answers.ts";
import { otherRefusals } from "./other-refusals.ts";
import { ownRefusals } from "./own-refusals.ts";
import type { Published } from "./recorded.ts";
import { refusals } from "./refusals.ts";
import { services } from "./services.ts";
import { smallerPartners } from "./smaller-partners.ts";
import { walls } from "./walls.ts";

export const published: readonly Published[] = [
  ...lists,
  ...walls,
  ...limits,
  ...applications,
  ...refusals,
  ...ownRefusals,
  ...services,
  ...moreServices,
  ...otherRefusals,
  ...otherAnswers,
  ...healthy,
  ...challenges,
  ...smallerPartners,
  ...callers,
  ...innocentWords,
  ...callersInWords,
  ...everydayErrors,
  ...callersByCode,
  ...errorsInDisguise,
  ...moreCallers,
  ...callersAbroad,
  ...keysAndLimits,
  ...clouds,
  ...couriersAndBanks,
];
