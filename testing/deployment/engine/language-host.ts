/** As much of Pulumi's language host for Node.js as the engine's commands use: it runs the program as the real one does. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { type PluginServer, servePlugin } from "./wire.ts";

/** A program that has reported its own failure ends with this code (cmd/run in @pulumi/pulumi). */
const reportedFailure = 32;

/**
 * Starts the language host. Output of the program is handed to `onOutput`.
 *
 * @param environment what the program sees besides Pulumi's own variables
 * @param engineAddress the engine that runs now, once it has said who it is
 */
export async function serveLanguage(
  environment: () => NodeJS.ProcessEnv,
  onOutput: (text: string) => void,
): Promise<PluginServer> {
  let engineAddress = "";
  const programs = new Set<ChildProcess>();
  const server = await servePlugin(services.LanguageRuntimeService, {
    handshake: (request: messages.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new messages.LanguageHandshakeResponse();
    },
    getPluginInfo: () => {
      const info = new plugins.PluginInfo();
      info.setVersion("3.215.0");
      return info;
    },
    getRequiredPackages: () => new messages.GetRequiredPackagesResponse(),
    getRequiredPlugins: () => new messages.GetRequiredPluginsResponse(),
    cancel: () => new empty.Empty(),
    run: (request: messages.RunRequest) => {
      const program = startProgram(request, engineAddress, environment());
      programs.add(program);
      program.on("close", () => programs.delete(program));
      return outcomeOf(program, onOutput);
    },
  });
  return {
    ...server,
    close() {
      server.close();
      for (const program of programs) program.kill();
    },
  };
}

function startProgram(request: messages.RunRequest, engineAddress: string, environment: NodeJS.ProcessEnv) {
  return spawn(process.execPath, programArguments(request, engineAddress), {
    cwd: request.getPwd() || undefined,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...environment,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
}

async function outcomeOf(
  program: ReturnType<typeof startProgram>,
  onOutput: (text: string) => void,
): Promise<messages.RunResponse> {
  for (const stream of [program.stdout, program.stderr]) stream.on("data", (chunk: Buffer) => onOutput(String(chunk)));
  const code = await new Promise<number | null>((resolve) => program.on("close", resolve));
  const response = new messages.RunResponse();
  if (code === reportedFailure) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}

function programArguments(request: messages.RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const entry = request.getProgram() || info?.getEntryPoint() || ".";
  const fromEntry = createRequire(isAbsolute(entry) ? entry : join(request.getPwd(), entry));
  const root = info?.getRootDirectory();
  return [
    fromEntry.resolve("@pulumi/pulumi/cmd/run"),
    "--monitor",
    request.getMonitorAddress(),
    "--engine",
    engineAddress,
    "--project",
    request.getProject(),
    "--stack",
    request.getStack(),
    "--organization",
    request.getOrganization(),
    "--query-mode",
    String(request.getQuerymode()),
    "--parallel",
    String(request.getParallel()),
    ...(request.getPwd() ? ["--pwd", request.getPwd()] : []),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...(root ? ["--root-directory", root] : []),
    entry,
    ...request.getArgsList(),
  ];
}
