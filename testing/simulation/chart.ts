/** The comparison as bars in an SVG, on a logarithmic scale: the differences are of several orders of magnitude. */
import { barChart } from "./bar-chart.ts";
import type { Row } from "./comparison-model.ts";

const kinds = [
  { of: "shutSeconds", fill: "#3b6ea5", text: "no egress" },
  { of: "cutSeconds", fill: "#d08a2e", text: "partner out of reach: no egress, or the address blocked" },
] as const;

/** `totalDays`: simulated days behind each row. */
export function chart(rows: readonly Row[], totalDays: number): string {
  const perDay = ({ scores }: Row, of: (typeof kinds)[number]["of"]) =>
    scores.reduce((sum, score) => sum + score[of], 0) / totalDays;
  return barChart({
    title: "Seconds per day without egress, and without the partner",
    kinds,
    rows: rows.map((row) => ({ name: row.baseline.name, values: kinds.map(({ of }) => perDay(row, of)) })),
    digits: 1,
    scale: (value) => Math.log10(1 + value),
  });
}
