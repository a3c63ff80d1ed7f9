import type { InputTransformer } from "@aws-sdk/client-eventbridge";

interface Shaping {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?: InputTransformer | undefined;
}

/**
 * What a target gets of an event: a constant, a part, a filled-in template, or all of it (EventBridge user guide,
 * "Input transformation"). Paths are the simple ones: `$`, `$.detail.a`.
 */
export function shapeInput(target: Shaping, event: unknown): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(lookUp(event, target.InputPath) ?? null);
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate = "" } = target.InputTransformer;
  return InputTemplate.replace(/"?<([\w.-]+)>"?/g, (placeholder, name: string) => {
    const value = name === "aws.events.event.json" ? event : lookUp(event, InputPathsMap[name] ?? "");
    if (placeholder.startsWith('"'))
      return JSON.stringify(typeof value === "string" ? value : JSON.stringify(value ?? ""));
    return typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value ?? "");
  });
}

function lookUp(event: unknown, path: string): unknown {
  const keys = path.split(".").slice(1);
  if (!path.startsWith("$")) return undefined;
  return keys.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    event,
  );
}
