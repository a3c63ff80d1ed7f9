#!/usr/bin/env node
/** The command line: `npx holdfast`. Nothing of AWS is loaded before a command needs it. */
import { createProgram } from "./program.ts";
import { runProgram } from "./support/run-program.ts";

// The SDK's advice on the version of Node is for developers, and would stand above every answer.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
process.exitCode = await runProgram(createProgram(), process.argv);
