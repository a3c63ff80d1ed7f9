/** The comparison as bars in an SVG, on a logarithmic scale: the differences are of several orders of magnitude. */
import type { Row } from "./comparison-model.ts";

const width = 860;
const rowHeight = 44;
const labelWidth = 290;
const bars = [
  { of: "shutSeconds", fill: "#3b6ea5", text: "no egress" },
  { of: "cutSeconds", fill: "#d08a2e", text: "partner out of reach: no egress, or the address blocked" },
] as const;

/** `totalDays`: simulated days behind each row. */
export function chart(rows: readonly Row[], totalDays: number): string {
  const perDay = ({ scores }: Row, of: (typeof bars)[number]["of"]) =>
    scores.reduce((sum, score) => sum + score[of], 0) / totalDays;
  const scale = (value: number) => Math.log10(1 + value);
  const most = Math.max(1, ...rows.flatMap((row) => bars.map(({ of }) => scale(perDay(row, of)))));
  const drawn = rows.map((row, index) => {
    const y = (index + 1) * rowHeight;
    const each = bars.map(({ of, fill }, bar) => {
      const value = perDay(row, of);
      const length = Math.round((scale(value) / most) * (width - labelWidth - 90));
      const top = y + 4 + bar * 18;
      return `<rect x="${labelWidth}" y="${top}" width="${length}" height="15" fill="${fill}"/><text x="${labelWidth + length + 6}" y="${top + 12}">${value.toFixed(1)}</text>`;
    });
    return `<text x="${labelWidth - 8}" y="${y + 26}" text-anchor="end">${row.baseline.name}</text>${each.join("")}`;
  });
  const legend = bars.map(
    ({ fill, text }, index) =>
      `<rect x="${8 + index * 140}" y="12" width="12" height="12" fill="${fill}"/><text x="${26 + index * 140}" y="23">${text}</text>`,
  );
  const height = (rows.length + 1) * rowHeight;
  const title = "Seconds per day without egress, and without the partner";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">\n<title>${title}</title>\n<rect width="${width}" height="${height}" fill="#fff"/>\n${[...legend, ...drawn].join("\n")}\n</svg>\n`;
}
