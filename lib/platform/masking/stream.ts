import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Automaton } from "./automaton";

/** What stands in a text instead of a secret. */
export const maskText = "•••";

interface Range {
  start: number;
  end: number;
}

/**
 * Masks a text that comes in pieces: what leaves it is the same however the text was cut. It holds back only what may
 * still turn out to be the beginning of a secret, at most as much as the longest form of one.
 */
export class MaskStream {
  /** What has not left yet; all positions count from the beginning of the whole text. */
  private held = "";
  private heldStart = 0;
  private position = 0;
  private state = 0;
  private ranges: Range[] = [];
  /** Where the last mask that left ends: what continues there needs no second one. */
  private maskedUntil = -1;
  /** A base64 match ended with the last piece: the next character may carry bits of it. */
  private mayExtend = false;

  constructor(private readonly automaton: Automaton) {}

  /** The part of the text that is settled now. */
  push(text: string): string {
    if (text === "") return "";
    const before = this.position;
    this.held += text;
    if (this.mayExtend && isBase64(text, 0)) this.cover(before, before + 1);
    this.mayExtend = false;
    this.state = this.automaton.scan(text, this.state, (start, end, encoded) => {
      if (encoded) this.coverEncoded(before + start, before + end);
      else this.cover(before + start, before + end);
    });
    this.position = before + text.length;
    // One character more: a base64 match takes its left neighbor along.
    return this.release(this.position - this.automaton.depthOf(this.state) - 1);
  }

  /** The rest of the text. The stream can be used for another text afterwards. */
  end(): string {
    const rest = this.release(this.position);
    this.state = 0;
    this.mayExtend = false;
    this.maskedUntil = -1;
    return rest;
  }

  private coverEncoded(start: number, end: number): void {
    const left = isBase64(this.held, start - 1 - this.heldStart) ? 1 : 0;
    const at = end - this.heldStart;
    if (at >= this.held.length) this.mayExtend = true;
    this.cover(start - left, end + (isBase64(this.held, at) ? 1 : 0));
  }

  /** Matches come in the order of their ends, but a later one may begin earlier and swallow those before it. */
  private cover(start: number, end: number): void {
    let range = { start, end };
    for (let last = this.ranges.at(-1); last && last.end >= range.start; last = this.ranges.at(-1)) {
      range = { start: Math.min(last.start, range.start), end: Math.max(last.end, range.end) };
      this.ranges.pop();
    }
    this.ranges.push(range);
  }

  private release(until: number): string {
    if (until <= this.heldStart) return "";
    let out = "";
    let at = this.heldStart;
    let index = 0;
    for (; index < this.ranges.length; index += 1) {
      const range = this.ranges[index] as Range;
      if (range.start >= until) break;
      out += this.between(at, range.start);
      if (range.start !== this.maskedUntil) out += maskText;
      at = Math.min(range.end, until);
      this.maskedUntil = at;
      if (range.end > until) {
        range.start = until;
        break;
      }
    }
    this.ranges.splice(0, index);
    out += this.between(at, until);
    this.held = this.held.slice(until - this.heldStart);
    this.heldStart = until;
    return out;
  }

  private between(from: number, to: number): string {
    return this.held.slice(from - this.heldStart, Math.max(from, to) - this.heldStart);
  }
}

function isBase64(text: string, index: number): boolean {
  return index >= 0 && index < text.length && /[A-Za-z0-9+/_-]/.test(text.charAt(index));
}

/** The same for bytes of UTF-8, whose characters may be cut too. */
export function maskingTransform(stream: MaskStream): Transform {
  const decoder = new StringDecoder("utf8");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, stream.push(decoder.write(chunk)));
    },
    flush(done) {
      const rest = stream.push(decoder.end());
      done(null, rest + stream.end());
    },
  });
}
