/** Minutes and seconds, with hours where there are any. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":");
}

/** Returns a time of day such as `14:02Z`. */
export function utcMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)}Z`;
}

/** Returns a time of day such as `14:02:09Z`. */
export function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}
