/** A bar chart as SVG text, on a logarithmic scale: the differences are of several orders of magnitude. */
const width = 760;
const rowHeight = 30;
const labelWidth = 270;

/** `rows` are names with values that are not negative; `title` is what the chart is called to who cannot see it. */
export function chart(title: string, rows: readonly (readonly [name: string, value: number])[]): string {
  const scale = (value: number) => Math.log10(1 + value);
  const most = Math.max(...rows.map(([, value]) => scale(value)), 1);
  const bars = rows.map(([name, value], index) => {
    const y = index * rowHeight;
    const length = Math.round((scale(value) / most) * (width - labelWidth - 90));
    return `<text x="${labelWidth - 8}" y="${y + 20}" text-anchor="end">${name}</text><rect x="${labelWidth}" y="${y + 6}" width="${length}" height="18" fill="#3b6ea5"/><text x="${labelWidth + length + 6}" y="${y + 20}">${value.toFixed(1)}</text>`;
  });
  const height = rows.length * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">\n<title>${title}</title>\n<rect width="${width}" height="${height}" fill="#fff"/>\n${bars.join("\n")}\n</svg>\n`;
}
