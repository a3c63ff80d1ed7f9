/** The part of Powertools' logger that is used here. */
export interface Log {
  info(message: string, detail: Record<string, unknown>): void;
  error(message: string, detail: Record<string, unknown>): void;
}
