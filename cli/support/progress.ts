/** Progress of a command that takes long, on standard error and only on a terminal. */

export interface Progress {
  /** What is being done now. Shown once the command has run for a second. */
  step(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const patienceMs = 1000;
const frameMs = 120;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clearLine = "\r\u001b[K";

export function createProgress(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Progress {
  if (!stream.isTTY || environment["TERM"] === "dumb") return { step: () => {}, end: () => {} };
  const startedMs = performance.now();
  let text = "";
  let shown = 0;
  const show = () => {
    if (text === "" || performance.now() - startedMs < patienceMs) return;
    stream.write(`${clearLine}${frames[shown++ % frames.length]} ${text}`);
  };
  const timer = setInterval(show, frameMs);
  timer.unref();
  return {
    step(now) {
      text = now;
    },
    end() {
      clearInterval(timer);
      if (shown > 0) stream.write(clearLine);
      shown = 0;
    },
  };
}
