"use client";

import { Eye, EyeOff, Upload, X } from "lucide-react";
import { useContext, useEffect, useState } from "react";
import type { FieldControlProps } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Textarea } from "@/components/ui/input";
import { inexactJsonNumber } from "@/lib/kernel/values/json-numbers";
import { readNumber } from "@/lib/kernel/values/numbers";
import type { FieldValue } from "./types";
import { UploadProject } from "./upload-project";

interface SharedProps extends FieldControlProps {
  disabled?: boolean;
  onBlur?: () => void;
}

interface NumberInputProps extends SharedProps {
  value: FieldValue;
  suffix?: string;
  step?: number;
  /** The number; the text itself while it is none, which validation refuses; null for an empty box. */
  onChange: (value: number | string | null) => void;
}

/** A number as text. What is no number as a whole ("-", "16,000") stays on screen and is never made into one. */
export function NumberInput({ value, onChange, suffix, step, ...rest }: NumberInputProps) {
  const [text, setText] = useState(() => textOf(value));
  useEffect(() => {
    // A text that means the value already stays as it was typed: "1.50", or what its owner could not use.
    setText((before) =>
      numberOf(before) === value || (value === undefined && readNumber(before) === undefined)
        ? before
        : textOf(value),
    );
  }, [value]);
  return (
    <Input
      {...rest}
      inputMode={step !== undefined && !Number.isInteger(step) ? "decimal" : "numeric"}
      value={text}
      suffix={suffix}
      className="tabular"
      onChange={(event) => {
        setText(event.target.value);
        onChange(numberOf(event.target.value));
      }}
    />
  );
}

function textOf(value: FieldValue): string {
  return value === undefined || value === null ? "" : String(value);
}

/** What a typed text is as the value of a number: nothing, a number, or still the text. */
export function numberOf(text: string): number | string | null {
  return text.trim() === "" ? null : (readNumber(text) ?? text);
}

interface TextLikeProps extends SharedProps {
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

export function SecretInput({ value, onChange, ...rest }: TextLikeProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input
        {...rest}
        type={shown ? "text" : "password"}
        value={value}
        autoComplete="new-password"
        spellCheck={false}
        className="pr-10 font-mono"
        onChange={(event) => onChange(event.target.value)}
      />
      <IconButton
        label={shown ? "Hide" : "Show"}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute top-1/2 right-1.5 -translate-y-1/2"
      >
        <Icon aria-hidden />
      </IconButton>
    </div>
  );
}

const whole = /^#[0-9a-f]{6}$/i;

/** A color as #rrggbb, to type or to pick. */
export function ColorInput({ value, onChange, ...rest }: TextLikeProps) {
  return (
    <div className="relative">
      <Input
        {...rest}
        value={value}
        spellCheck={false}
        className="pr-12 tabular"
        onChange={(event) => onChange(event.target.value)}
      />
      <input
        type="color"
        aria-label="Choose color"
        value={whole.test(value) ? value.toLowerCase() : "#000000"}
        disabled={rest.disabled}
        onChange={(event) => onChange(event.target.value)}
        className="absolute top-1/2 right-1.5 h-7 w-9 -translate-y-1/2 cursor-pointer rounded-md border bg-transparent p-0.5 disabled:cursor-not-allowed [&::-moz-color-swatch]:rounded-[4px] [&::-moz-color-swatch]:border-0 [&::-webkit-color-swatch]:rounded-[4px] [&::-webkit-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0"
      />
    </div>
  );
}

interface TagsInputProps extends SharedProps {
  value: FieldValue;
  placeholder?: string;
  onChange: (value: string[]) => void;
}

/** A list of short texts: Enter or a comma adds one, Backspace in the empty box takes the last. */
export function TagsInput({ value, onChange, placeholder, onBlur, ...rest }: TagsInputProps) {
  const tags = Array.isArray(value) ? value.map(String) : [];
  const [text, setText] = useState("");
  function add() {
    const next = text.trim();
    setText("");
    if (next && !tags.includes(next)) onChange([...tags, next]);
  }
  return (
    <div className="grid gap-1.5">
      {tags.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li
              key={tag}
              className="flex items-center gap-1 rounded-full bg-hover py-0.5 pr-1 pl-2.5 text-sm"
            >
              {tag}
              <button
                type="button"
                aria-label={`Remove ${tag}`}
                title={`Remove ${tag}`}
                disabled={rest.disabled}
                onClick={() => onChange(tags.filter((each) => each !== tag))}
                className="rounded-full p-1 text-muted hover:bg-line hover:text-ink"
              >
                <X className="size-3" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Input
        {...rest}
        value={text}
        placeholder={placeholder ?? "Type and press Enter"}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => {
          add();
          onBlur?.();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === ",") {
            event.preventDefault();
            add();
          } else if (event.key === "Backspace" && text === "" && tags.length > 0) {
            onChange(tags.slice(0, -1));
          }
        }}
      />
    </div>
  );
}

interface JsonInputProps extends SharedProps {
  value: FieldValue;
  onChange: (value: FieldValue) => void;
}

/** A nested value as JSON. While the text cannot be read it is handed on as text, which validation refuses. */
export function JsonInput({ value, onChange, ...rest }: JsonInputProps) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  return (
    <Textarea
      {...rest}
      rows={5}
      value={text}
      spellCheck={false}
      className="font-mono text-sm"
      onChange={(event) => {
        setText(event.target.value);
        onChange(readJson(event.target.value));
      }}
    />
  );
}

function readJson(text: string): FieldValue {
  if (text.trim() === "") return null;
  try {
    // A number that would not arrive as written leaves the whole a text.
    return inexactJsonNumber(text) ? text : (JSON.parse(text) as FieldValue);
  } catch {
    return text;
  }
}

/** Uploads as soon as a file is chosen; the value is the upload's reference. */
export function UploadInput({ value, onChange, ...rest }: TextLikeProps) {
  const [state, setState] = useState<{ name?: string; error?: string; busy?: boolean }>({});
  const project = useContext(UploadProject);
  async function send(file: File) {
    setState({ name: file.name, busy: true });
    const { ApiProblem, apiPost } = await import("@/components/data/api");
    try {
      const query = { name: file.name.slice(0, 200), ...(project && { project }) };
      const body = file.slice(0, file.size, "application/octet-stream");
      const answer = await apiPost("/uploads", { query, body });
      setState({ name: file.name });
      onChange(answer.id);
    } catch (error) {
      setState({
        error: error instanceof ApiProblem ? error.message : "Upload failed. Try again.",
      });
    }
  }
  return (
    <div className="grid gap-1.5">
      <label className="flex h-9.5 cursor-pointer items-center gap-2 rounded-control border border-dashed border-line-strong bg-panel px-3 text-muted focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent-ink hover:bg-hover">
        <Upload className="size-4" aria-hidden />
        <span className="min-w-0 truncate">
          {state.busy
            ? `Uploading ${state.name}…`
            : value
              ? (state.name ?? value)
              : "Choose a .tar.gz or .zip archive"}
        </span>
        <input
          {...rest}
          type="file"
          accept=".tgz,.tar.gz,.tar,.zip"
          className="sr-only"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void send(file);
          }}
        />
      </label>
      {state.error ? <p className="text-xs text-bad-ink">{state.error}</p> : null}
    </div>
  );
}
