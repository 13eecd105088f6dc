/** Scores and what they are of, the lowest first; equal scores by a hash of the item, so that their order follows no direction of a map. Each has four below it. */

export class ScoreHeap {
  #score = new Float64Array(1024);
  #item = new Int32Array(1024);
  #stamp = new Int32Array(1024);
  length = 0;
  /** Of what `pop` took. */
  score = 0;
  item = 0;
  stamp = 0;

  push(score: number, item: number, stamp: number): void {
    if (this.length === this.#score.length) this.#grow();
    let at = this.length++;
    while (at > 0) {
      const up = (at - 1) >> 2;
      if (!before(score, item, this.#score[up]!, this.#item[up]!)) break;
      this.#copy(up, at);
      at = up;
    }
    this.#put(at, score, item, stamp);
  }

  /** Takes the lowest into `score`, `item` and `stamp`. @returns false where the heap is empty */
  pop(): boolean {
    if (this.length === 0) return false;
    this.score = this.#score[0]!;
    this.item = this.#item[0]!;
    this.stamp = this.#stamp[0]!;
    const last = --this.length;
    const [score, item, stamp] = [this.#score[last]!, this.#item[last]!, this.#stamp[last]!];
    let at = 0;
    for (let first = 1; first < last; first = 4 * at + 1) {
      let down = first;
      const end = Math.min(first + 4, last);
      for (let k = first + 1; k < end; k++) {
        if (before(this.#score[k]!, this.#item[k]!, this.#score[down]!, this.#item[down]!)) down = k;
      }
      if (!before(this.#score[down]!, this.#item[down]!, score, item)) break;
      this.#copy(down, at);
      at = down;
    }
    this.#put(at, score, item, stamp);
    return true;
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#score[from]!, this.#item[from]!, this.#stamp[from]!);
  }

  #put(at: number, score: number, item: number, stamp: number): void {
    this.#score[at] = score;
    this.#item[at] = item;
    this.#stamp[at] = stamp;
  }

  #grow(): void {
    const twice = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from as never);
      return to;
    };
    const size = 2 * this.#score.length;
    this.#score = twice(this.#score, new Float64Array(size));
    this.#item = twice(this.#item, new Int32Array(size));
    this.#stamp = twice(this.#stamp, new Int32Array(size));
  }
}

function before(score: number, item: number, than: number, other: number): boolean {
  if (score !== than) return score < than;
  return mixed(item) < mixed(other);
}

function mixed(item: number): number {
  let h = Math.imul(item ^ (item >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}
