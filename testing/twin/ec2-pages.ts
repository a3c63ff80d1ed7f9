import { AwsError } from "./service.ts";

/** Page sizes of the describe calls that have pages. Source: EC2 API reference. */
const MIN_PAGE = 5;
const MAX_PAGE = 1000;

/**
 * Returns the page that the request asks for of items in order of id. A page ends at an id, not at an offset, so that items
 * that come and go between pages do no harm. Throws `AwsError`: `InvalidParameterValue`, `InvalidNextToken`.
 */
export function paginate<T>(
  items: readonly T[],
  idOf: (item: T) => string | undefined,
  request: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { page: T[]; NextToken: string | undefined } {
  const size = request.MaxResults ?? MAX_PAGE;
  if (size < MIN_PAGE || size > MAX_PAGE) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${MIN_PAGE} and ${MAX_PAGE}.`,
    );
  }
  const after = request.NextToken === undefined ? "" : readToken(request.NextToken);
  const rest = items.filter((item) => (idOf(item) ?? "") > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const lastId = last && idOf(last);
  return { page, NextToken: rest.length > size && lastId ? Buffer.from(lastId).toString("base64url") : undefined };
}

function readToken(token: string): string {
  const id = Buffer.from(token, "base64url").toString();
  if (!/^[a-z]+-[0-9a-f]+$/.test(id)) throw new AwsError("InvalidNextToken", "The token is invalid.");
  return id;
}
