/**
 * The plain name in any of the forms that Lambda's API takes and CloudTrail repeats: name, partial ARN
 * (`123456789012:function:name`), ARN, each with or without a qualifier (Lambda API reference, `FunctionName`).
 *
 * @returns undefined when the text is none of these
 */
export function parseFunctionName(text: string): string | undefined {
  return form.exec(text)?.groups?.["name"];
}

/**
 * Returns whether the text is the ARN of something else of Lambda's: calls that concern tags also name event source mappings,
 * code signing configurations, capacity providers and network connectors (Service Authorization Reference, `TagResource`).
 */
export function isOtherResource(text: string): boolean {
  return /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:(?!function:)/.test(text);
}

const form =
  /^(?:(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:)?function:)?(?<name>[A-Za-z0-9_-]{1,140})(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;
