/** Bars in an SVG: for each row one bar of each kind. */

export interface BarChart {
  readonly title: string;
  readonly kinds: readonly { readonly fill: string; readonly text: string }[];
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly digits: number;
  /** Length of a value's bar, in any unit; by default the value itself. */
  readonly scale?: (value: number) => number;
}

const width = 860;
const labelWidth = 290;
const barHeight = 18;
const valueWidth = 90;
const legendWidth = 200;

export function barChart({ title, kinds, rows, digits, scale = (value) => value }: BarChart): string {
  const rowHeight = kinds.length * barHeight + 8;
  const top = 36;
  const most = Math.max(...rows.flatMap(({ values }) => values.map(scale)), Number.MIN_VALUE);
  const drawn = rows.map(({ name, values }, index) => {
    const y = top + index * rowHeight;
    const bars = values.map((value, bar) => {
      const length = Math.round((scale(value) / most) * (width - labelWidth - valueWidth));
      const at = y + 4 + bar * barHeight;
      return `<rect x="${labelWidth}" y="${at}" width="${length}" height="15" fill="${kinds[bar]?.fill}"/><text x="${labelWidth + length + 6}" y="${at + 12}">${value.toFixed(digits)}</text>`;
    });
    const label = `<text x="${labelWidth - 8}" y="${y + rowHeight / 2 + 4}" text-anchor="end">${name}</text>`;
    return `${label}${bars.join("")}`;
  });
  const legend = kinds.map(
    ({ fill, text }, index) =>
      `<rect x="${8 + index * legendWidth}" y="12" width="12" height="12" fill="${fill}"/><text x="${26 + index * legendWidth}" y="23">${text}</text>`,
  );
  const height = top + rows.length * rowHeight + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">\n<title>${title}</title>\n<rect width="${width}" height="${height}" fill="#fff"/>\n${[...legend, ...drawn].join("\n")}\n</svg>\n`;
}
