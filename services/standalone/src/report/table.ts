export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Aligned plain text: columns as wide as their widest cell, two blanks apart, no trailing blanks. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))),
  );
  return [columns.map((column) => column.title), ...rows].map((cells) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Characters, not code units; the sample's names have none of double width. */
function width(text: string): number {
  return [...text].length;
}
