/** Where a function says what it does, in lines with fields. */
export interface Log {
  info(message: string, detail: Record<string, unknown>): void;
  error(message: string, detail: Record<string, unknown>): void;
}
