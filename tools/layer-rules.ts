/** The layers of the design: who may know of whom. Checked by `npm run layers`. */
import type { IConfiguration } from "dependency-cruiser";

const pureRelocation = "^src/relocation/(plan|seats|supply|findings|waits|actions|model|use|quiet|report)\\.ts$";
const pureFallback =
  "^src/fallback/(plan|demand|gateways|problems|returns|history|rounds|actions|model|cost|remedies|report)\\.ts$";

const pureAttach = "^src/attach/(plan|evidence|model|remedies|report)\\.ts$";
const pureTeardown = "^src/teardown/(plan|model|report)\\.ts$";

export const layers = {
  forbidden: [
    {
      name: "no-circular",
      comment: "Modules that need each other are one module.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "decisions-are-pure",
      comment: "Planners and verdicts know types and each other: no SDK, no clock, no input or output.",
      severity: "error",
      from: {
        path: [
          pureRelocation,
          pureFallback,
          pureAttach,
          pureTeardown,
          "^src/probing/(verdict|confirm|rules[^/]*|evidence|incident)\\.ts$",
        ],
      },
      to: { path: ["^node_modules", "^src/aws/(?!identifiers|errors)"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "decisions-use-no-node-modules",
      severity: "error",
      from: {
        path: [
          pureRelocation,
          pureFallback,
          pureAttach,
          pureTeardown,
          "^src/probing/(verdict|confirm|rules[^/]*|evidence|incident)\\.ts$",
        ],
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "twin-knows-nothing-of-holdfast",
      severity: "error",
      from: { path: "^twin/" },
      to: { path: "^(src|functions|stacks|sim|cli|console|demo|testing)/" },
    },
    {
      name: "source-knows-nothing-of-the-twin",
      severity: "error",
      from: { path: "^(src|functions)/" },
      to: { path: "^(cli|console|twin|sim|demo|test|testing|stacks|scripts|bench)/" },
    },
    {
      name: "console-knows-nothing-of-the-twin",
      comment: "It is the same for an account and for a simulated region.",
      severity: "error",
      from: { path: "^console/" },
      to: { path: "^(twin|sim|demo|test|testing|stacks|scripts|bench)/" },
    },
    {
      name: "page-knows-the-model-alone",
      comment: "What runs in a browser is told everything, and carries no SDK.",
      severity: "error",
      from: { path: "^cli/console/page/" },
      to: { pathNot: "^(cli/console/page/|console/model\\.ts|node_modules/(preact|uplot)/)" },
    },
    {
      name: "functions-are-entry-points",
      comment: "Nothing imports a Lambda entry point.",
      severity: "error",
      from: { path: "^(src|twin)/" },
      to: { path: "^functions/" },
    },
    {
      name: "guard-stands-alone",
      comment: "What users wrap their handlers with carries no SDK and no Powertools.",
      severity: "error",
      from: { path: "^src/guard/" },
      to: { path: "^node_modules/(@aws-sdk|@aws-lambda-powertools|@smithy)" },
    },
    {
      name: "no-orphans",
      comment: "The signatures' sources stand apart, so that the guard's bundle does not carry them; tests read them.",
      severity: "error",
      from: { orphan: true, path: "^(src|twin)/", pathNot: "^src/probing/rule-sources\\.ts$" },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
} satisfies IConfiguration;
