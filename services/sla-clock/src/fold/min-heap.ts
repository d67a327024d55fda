/** A binary heap of things with an instant; the earliest comes first. Entries are never removed from the middle: readers skip stale ones. */
export class MinHeap<Item extends { readonly at: number }> {
  private readonly items: Item[] = [];

  peek(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    const { items } = this;
    let index = items.length;
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.at <= item.at) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  pop(): Item | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const leftItem = items[left];
      if (leftItem === undefined) break;
      const rightItem = items[right];
      const child = rightItem !== undefined && rightItem.at < leftItem.at ? right : left;
      const childItem = items[child];
      if (childItem === undefined || childItem.at >= last.at) break;
      items[index] = childItem;
      index = child;
    }
    items[index] = last;
    return first;
  }
}
