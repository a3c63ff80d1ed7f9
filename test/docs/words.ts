/** Words that no shipped text uses, each with the word to use. Add a word here when a better one has replaced it. */

/** The field has a word for each of these. */
const replacements: readonly (readonly [word: RegExp, better: string])[] = [
  [/\b(?:white|black)-?list(?:s|ed|ing)?\b/i, "allow-list, block"],
  [/\bNAT GWs?\b|\bNATGW\b|\bIGWs?\b/, "NAT gateway, internet gateway"],
  [/\bendpoints? (?:of|for) partners?\b/i, "target"],
  [/\bsentinels?\b/i, "canary"],
  [/\btold\b/i, "reported, notified, configured"],
  [/\bsomebody\b|\bsomeone\b/i, "the operator, another system, a person"],
  [/\bwhoever\b/i, "anyone who, the operator who"],
  [/\bleads\b|\bled\b/i, "points to, routes, causes"],
  [/\brelents?\b|\brelented\b/i, "unblocks"],
  [/\bis so already\b|\bbe so already\b/i, "already has the setting"],
  [/\bmoods?\b/i, "faults"],
  [/\bhands\b/i, "manual changes, people"],
  [/\bweather\b/i, "fault schedule"],
  [/\btales?\b/i, "tour, scenario"],
  [/\bacts\b/i, "actions, takes action"],
  [/\bseats?\b/i, "slots"],
  [/\bnews\b/i, "changes, events"],
  [/\bat odds\b/i, "conflict"],
  [/\bremed(?:y|ies)\b/i, "remediation"],
];

/** Code, quotations and addresses of pages keep their own words. */
function ownWords(text: string): string {
  return text
    .replace(/`[^`\n]*`/g, "")
    .replace(/"[^"\n]*"/g, "")
    .replace(/\]\([^)]*\)/g, "]");
}

/** Returns each use of a replaced word in a text: the word, what to write instead, and where it stands. */
export function replacedWords(text: string): string[] {
  return ownWords(text)
    .split("\n")
    .flatMap((line) =>
      replacements.flatMap(([word, better]) => {
        const found = word.exec(line);
        return found
          ? [`"${found[0]}" → ${better}: …${line.slice(Math.max(0, found.index - 40), found.index + 50)}…`]
          : [];
      }),
    );
}
