/** The stream of the server's messages, while the page is visible. */

interface Handlers {
  /** By the message's name. */
  readonly listeners: Readonly<Record<string, (data: string) => void>>;
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

const retryMs = 1_000;

/**
 * Keeps a stream open while the page is visible, and opens it again once a lost server is back; returns the function that
 * ends this.
 */
export function keepConnected({ listeners, onOpen, onLost }: Handlers): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function connect(): void {
    const opened = new EventSource("/events");
    stream = opened;
    opened.onopen = onOpen;
    opened.onerror = () => {
      disconnect();
      onLost();
      timer = setTimeout(retry, retryMs);
    };
    for (const [name, listener] of Object.entries(listeners)) {
      opened.addEventListener(name, ({ data }) => listener(data));
    }
  }

  async function retry(): Promise<void> {
    timer = undefined;
    const found = await isServed();
    if (ended || document.hidden || stream || timer) return;
    if (found) connect();
    else timer = setTimeout(retry, retryMs);
  }

  function disconnect(): void {
    clearTimeout(timer);
    timer = undefined;
    stream?.close();
    stream = undefined;
  }

  const follow = () => {
    disconnect();
    if (!document.hidden) void retry();
  };
  document.addEventListener("visibilitychange", follow);
  if (!document.hidden) connect();
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", follow);
    disconnect();
  };
}

/** Whether there is a server: a frame that cannot be loaded writes no error to the browser's console, as any request would. */
function isServed(): Promise<boolean> {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "Looks for the server";
  return new Promise((resolve) => {
    frame.onload = () => {
      // What a browser shows instead of a page is of another origin.
      resolve(frame.contentDocument?.location.pathname === "/alive");
      frame.remove();
    };
    frame.src = "/alive";
    document.body.append(frame);
  });
}
