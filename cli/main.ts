#!/usr/bin/env node
/** The command line: `npx holdfast`. Nothing of AWS is loaded before a command needs it. */
import { createProgram } from "./program.ts";
import { runProgram } from "./support/run-program.ts";
import { silenceSdkAdvice } from "./support/sdk-advice.ts";

silenceSdkAdvice();
process.exitCode = await runProgram(createProgram(), process.argv);
