import type { Needle } from "./forms";

/** Called with the place of one needle in the text: `start` counts from the text's beginning and may be negative. */
export type OnMatch = (start: number, end: number, encoded: boolean) => void;

/**
 * Finds many texts at once in time that grows with the text alone, whatever text and needles are made of. Children of a
 * state are a linked list: nearly every state has one.
 * Source: Aho, Corasick, "Efficient string matching: an aid to bibliographic search" (1975).
 */
export class Automaton {
  private readonly first: Int32Array;
  private readonly sibling: Int32Array;
  private readonly fail: Int32Array;
  private readonly code: Uint16Array;
  private readonly depth: Int32Array;
  /** Length of the longest needle that ends in the state, 0 for none. */
  private readonly longest: Int32Array;
  private readonly encoded: Uint8Array;
  /** States after one character below 256, which is nearly every one. */
  private readonly roots = new Int32Array(256);
  private count = 1;

  constructor(needles: readonly Needle[]) {
    const most = needles.reduce((sum, needle) => sum + needle.text.length, 1);
    this.first = new Int32Array(most);
    this.sibling = new Int32Array(most);
    this.fail = new Int32Array(most);
    this.code = new Uint16Array(most);
    this.depth = new Int32Array(most);
    this.longest = new Int32Array(most);
    this.encoded = new Uint8Array(most);
    for (const needle of needles) this.insert(needle);
    this.link();
  }

  /** Continues from a state over a text. @returns the state after it */
  scan(text: string, from: number, onMatch: OnMatch): number {
    let state = from;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      let next = this.child(state, code);
      while (next === 0 && state !== 0) {
        state = this.fail[state] as number;
        next = this.child(state, code);
      }
      state = next;
      const length = this.longest[state] as number;
      if (length > 0) onMatch(index + 1 - length, index + 1, this.encoded[state] === 1);
    }
    return state;
  }

  /** How many of the last characters may be the beginning of a needle. */
  depthOf(state: number): number {
    return this.depth[state] as number;
  }

  private child(state: number, code: number): number {
    if (state === 0 && code < 256) return this.roots[code] as number;
    let child = this.first[state] as number;
    while (child !== 0 && this.code[child] !== code) child = this.sibling[child] as number;
    return child;
  }

  private insert({ text, encoded }: Needle): void {
    let state = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      const known = this.child(state, code);
      state = known === 0 ? this.grow(state, code) : known;
    }
    this.longest[state] = text.length;
    if (encoded) this.encoded[state] = 1;
  }

  private grow(parent: number, code: number): number {
    const state = this.count;
    this.count += 1;
    this.code[state] = code;
    this.depth[state] = (this.depth[parent] as number) + 1;
    this.sibling[state] = this.first[parent] as number;
    this.first[parent] = state;
    if (parent === 0 && code < 256) this.roots[code] = state;
    return state;
  }

  /** Breadth first: the longest other beginning that a state's text ends with, and what ends there. */
  private link(): void {
    const queue = new Int32Array(this.count);
    let tail = 0;
    for (let child = this.first[0] as number; child !== 0; child = this.sibling[child] as number) {
      queue[tail] = child;
      tail += 1;
    }
    for (let head = 0; head < tail; head += 1) {
      const state = queue[head] as number;
      for (let child = this.first[state] as number; child !== 0; child = this.sibling[child] as number) {
        queue[tail] = child;
        tail += 1;
        this.linkOne(child, this.fail[state] as number);
      }
    }
  }

  private linkOne(state: number, parentFail: number): void {
    const code = this.code[state] as number;
    let at = parentFail;
    let target = this.child(at, code);
    while (target === 0 && at !== 0) {
      at = this.fail[at] as number;
      target = this.child(at, code);
    }
    this.fail[state] = target;
    if (this.longest[state] !== 0) return;
    this.longest[state] = this.longest[target] as number;
    this.encoded[state] = this.encoded[target] as number;
  }
}
