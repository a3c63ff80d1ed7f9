/** The layers of the project: which folder may import which, and which files decide and so must be pure. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cruise, type IConfiguration, type ICruiseResult } from "dependency-cruiser";

/** From the ground up: a folder imports folders that stand before it in this list, and no other. */
const order = [
  "src/aws",
  "src/config",
  "src/pool",
  "src/telemetry",
  "src/cost",
  "src/actuator",
  "src/relocation",
  "src/probing",
  "src/fallback",
  "src/attach",
  "src/teardown",
  "src/guard",
  "functions",
  "stacks",
  "cli/support",
  "cli/doctor",
  "cli/console",
  "cli",
  "testing/twin",
  "testing/partners",
  "testing/toolchain",
  "testing/deployment/stand-in",
  "testing/deployment",
  "testing/deployment/engine",
  "testing/rehearsal",
  "testing/lambda",
  "testing/chain",
  "testing/simulation",
  "demo",
  "tools",
  "tools/bench",
] as const;

/** Files of exactly this folder; a folder below it that the list does not name belongs to it. */
function filesOf(folder: string): string {
  const below = order.filter((it) => it.startsWith(`${folder}/`)).map((it) => it.slice(folder.length + 1));
  return below.length === 0 ? `^${folder}/` : `^${folder}/(?!(?:${below.join("|")})/)`;
}

const listed = order.map(filesOf);

/** Capabilities: what they hold decides, unless its name or the list below says that it reads, writes or waits. */
const capabilities = "^src/(?:actuator|pool|relocation|fallback|attach|probing|guard|cost|teardown)/";
const edges = [
  `${capabilities}(?:observe[^/]*|apply|verify|wait|reconcile|[^/]*handler)\\.ts$`,
  "^src/actuator/(?:dependencies|dispatch|run)\\.ts$",
  "^src/pool/addresses\\.ts$",
  "^src/relocation/(?:relocate|sweep)\\.ts$",
  "^src/probing/(?:address-health|ask|body|canary|canary-round|connection|measure|phases|probe|report-minute|request|resolve|round|secrets)\\.ts$",
  "^src/guard/(?:ask|fetch-with-retry|guard|report|sandbox-state)\\.ts$",
];
const decisions = { path: capabilities, pathNot: edges };

/** What reads a clock, draws at random or looks around: not for a decision. */
const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(?:env|hrtime)|\bfetch\(/;

export const layers = {
  forbidden: [
    {
      name: "no-circular",
      comment: "Modules that need each other, be it for a type, are one module or need a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "every-folder-has-its-place",
      comment: "A new folder takes its place in the order.",
      severity: "error",
      from: { pathNot: [...listed, "node_modules", "^[^/]+\\.ts$"] },
      to: {},
    },
    ...order.slice(0, -1).map((folder, index) => ({
      name: `${folder}-imports-only-what-stands-below`,
      severity: "error" as const,
      from: { path: filesOf(folder) },
      to: { path: listed.slice(index + 1) },
    })),
    {
      name: "decisions-are-pure",
      comment: "Decisions know types and each other: no SDK, no input or output, and no file that has them.",
      severity: "error",
      from: decisions,
      to: {
        path: ["(?:^|/)node_modules/(?!zod/)", "^src/aws/(?!identifiers|errors)", ...edges],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "decisions-use-no-node-modules",
      comment: "But for what computes alone: hashes, forms of IP addresses, patterns with a time limit.",
      severity: "error",
      from: decisions,
      to: { dependencyTypes: ["core"], pathNot: "^(?:node:)?(?:net|vm|crypto)$" },
    },
    {
      name: "twin-knows-nothing-of-holdfast",
      severity: "error",
      from: { path: "^testing/twin/" },
      to: { path: "^(?:src|functions|stacks|cli|demo|tools|test)/" },
    },
    {
      name: "invariants-judge-by-themselves",
      comment:
        "What judges a simulated run shares no decision with the product: of src/ it knows the tags' names alone.",
      severity: "error",
      from: { path: "^testing/simulation/(?:invariant|truth)" },
      to: { path: "^(?:src|functions|stacks|cli)/", pathNot: "^src/pool/tags\\.ts$" },
    },
    {
      name: "product-knows-no-tests",
      severity: "error",
      from: { path: "^(?:src|functions|stacks|cli)/" },
      to: { path: "^(?:testing|demo|tools|test)/" },
    },
    {
      name: "page-knows-the-model-alone",
      comment: "What runs in a browser receives everything, and carries no SDK.",
      severity: "error",
      from: { path: "^cli/console/page/" },
      to: { pathNot: "^cli/console/(?:page/|model\\.ts)|(?:^|/)node_modules/(?:preact|uplot)/" },
    },
    {
      name: "guard-stands-alone",
      comment: "What users wrap their handlers with carries no SDK and no Powertools.",
      severity: "error",
      from: { path: "^src/guard/" },
      to: { path: "(?:^|/)node_modules/(?:@aws-sdk|@aws-lambda-powertools|@smithy)" },
    },
    {
      name: "no-orphans",
      comment: "The signatures' sources stand apart, so that the guard's bundle does not carry them; tests read them.",
      severity: "error",
      from: { orphan: true, path: "^(src|testing)/.*\\.ts$", pathNot: "^src/probing/rule-sources\\.ts$" },
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

export interface Layering {
  readonly modules: number;
  readonly dependencies: number;
  /** One line each. */
  readonly violations: readonly string[];
}

/**
 * Returns what breaks the rules in these folders.
 *
 * @param baseDir the project's root
 */
export async function checkLayers(baseDir: string, folders: readonly string[]): Promise<Layering> {
  const { output } = await cruise([...folders], { ...layers.options, baseDir, ruleSet: layers, validate: true });
  const { modules, summary } = output as ICruiseResult;
  const isDecision = (path: string) =>
    new RegExp(capabilities).test(path) && !edges.some((it) => new RegExp(it).test(path));
  const clocks = modules
    .map(({ source }) => source)
    .filter(
      (source) => isDecision(source) && impure.test(withoutComments(readFileSync(join(baseDir, source), "utf8"))),
    );
  return {
    modules: summary.totalCruised,
    dependencies: summary.totalDependenciesCruised ?? 0,
    violations: [
      ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      ...clocks.map((source) => `decisions-have-no-clock: ${source}`),
    ],
  };
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}
