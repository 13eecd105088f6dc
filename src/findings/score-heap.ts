/**
 * Items with scores, each at most once, the lowest first; equal scores by a hash of the item, so that their order follows no direction of a map. Each has four below it.
 * A score that changes moves its item where it lies: nothing that is out of date is ever in the heap.
 */

export class ScoreHeap {
  readonly #score: Float64Array;
  readonly #item: Int32Array;
  /** Of each item: where it lies; −1 where it does not. */
  readonly #place: Int32Array;
  length = 0;
  /** Of what `pop` took. */
  score = 0;
  item = 0;

  /** @param items 0 … items − 1 */
  constructor(items: number) {
    this.#score = new Float64Array(items);
    this.#item = new Int32Array(items);
    this.#place = new Int32Array(items).fill(-1);
  }

  /** The item with that score, whether it was there or not. */
  set(score: number, item: number): void {
    const at = this.#place[item]!;
    if (at < 0) this.#up(this.length++, score, item);
    else if (score < this.#score[at]!) this.#up(at, score, item);
    else this.#down(at, score, item);
  }

  /** Takes the item out, if it is there. */
  delete(item: number): void {
    const at = this.#place[item]!;
    if (at < 0) return;
    this.#place[item] = -1;
    const last = --this.length;
    if (at === last) return;
    const [score, moved] = [this.#score[last]!, this.#item[last]!];
    if (at > 0 && this.#before(score, moved, (at - 1) >> 2)) this.#up(at, score, moved);
    else this.#down(at, score, moved);
  }

  /** Takes the lowest into `score` and `item`. @returns false where the heap is empty */
  pop(): boolean {
    if (this.length === 0) return false;
    this.score = this.#score[0]!;
    this.item = this.#item[0]!;
    this.delete(this.item);
    return true;
  }

  #up(from: number, score: number, item: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 2;
      if (!this.#before(score, item, above)) break;
      this.#put(at, this.#score[above]!, this.#item[above]!);
      at = above;
    }
    this.#put(at, score, item);
  }

  #down(from: number, score: number, item: number): void {
    const scores = this.#score;
    let at = from;
    for (let first = 4 * at + 1; first < this.length; first = 4 * at + 1) {
      let low = first;
      const end = Math.min(first + 4, this.length);
      for (let k = first + 1; k < end; k++) if (this.#before(scores[k]!, this.#item[k]!, low)) low = k;
      if (this.#before(score, item, low)) break;
      this.#put(at, scores[low]!, this.#item[low]!);
      at = low;
    }
    this.#put(at, score, item);
  }

  #put(at: number, score: number, item: number): void {
    this.#score[at] = score;
    this.#item[at] = item;
    this.#place[item] = at;
  }

  /** Whether an item of that score comes before what lies at `at`. */
  #before(score: number, item: number, at: number): boolean {
    const than = this.#score[at]!;
    return score !== than ? score < than : mixed(item) < mixed(this.#item[at]!);
  }
}

function mixed(item: number): number {
  let h = Math.imul(item ^ (item >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}
