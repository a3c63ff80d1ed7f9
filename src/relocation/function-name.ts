/**
 * The plain name in any of the forms that Lambda's API takes and CloudTrail repeats: name, partial ARN
 * (`123456789012:function:name`), ARN, each with or without a qualifier (Lambda API reference, `FunctionName`).
 *
 * @returns undefined when the text is none of these
 */
export function parseFunctionName(text: string): string | undefined {
  return form.exec(text)?.groups?.["name"];
}

const form =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?(?<name>[A-Za-z0-9_-]{1,140})(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;
