/** Returns the options that were given: one that is undefined was not, as in `{ method: settings.method }`. */
export function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}
