import type { ComponentChildren } from "preact";

/** As much of Markdown as Holdfast's dashboards use: headings, paragraphs, tables, code and links. */
export function Markdown({ source }: { source: string }) {
  const blocks = source.split(/\n{2,}|\n(?=#)|(?<=^#.*)\n/m).filter((block) => block.trim() !== "");
  return (
    <>
      {blocks.map((block) => (
        <Block key={block} block={block} />
      ))}
    </>
  );
}

function Block({ block }: { block: string }) {
  const lines = block.split("\n").filter((line) => line !== "");
  const [, heading] = /^#+ (.*)/.exec(lines[0] ?? "") ?? [];
  if (heading !== undefined) return <h3>{heading}</h3>;
  return lines[0]?.trimStart().startsWith("|") ? <Table lines={lines} /> : <p>{inline(block)}</p>;
}

function Table({ lines }: { lines: readonly string[] }) {
  const rows = lines
    .filter((line) => !/^[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/^\||\|$/g, "")
        .split("|"),
    );
  const [head = [], ...body] = rows;
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, index) => (
            <th key={index} scope="col">
              {inline(cell.trim())}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((cells) => (
          <tr key={cells.join()}>
            {cells.map((cell, index) => (
              <td key={index}>{inline(cell.trim())}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Renders code, bold text and links; only https links can be followed. */
function inline(text: string): ComponentChildren[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).map((part, index) => {
    if (part.startsWith("`")) return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith("**")) return <b key={index}>{part.slice(2, -2)}</b>;
    const [, label, href] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
    if (label === undefined || href === undefined) return part;
    return /^https:/.test(href) ? (
      <a key={index} href={href} rel="noreferrer" target="_blank">
        {label}
      </a>
    ) : (
      `${label} (${href})`
    );
  });
}
