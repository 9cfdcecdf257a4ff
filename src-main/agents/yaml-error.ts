import type { ErrorCode } from "yaml";
import type { ManifestFaultCode, Phrase } from "#contract/phrase.ts";
import { faultPhrase } from "#core/manifest/manifest-fault.ts";

interface Words {
  readonly problem: string;
  readonly expected: string;
  readonly fault: Phrase<ManifestFaultCode>;
}

const NESTED_WORDS: Words = {
  problem: "a key and its value stand where only a value can be",
  expected: 'each key on its own line, indented alike; a text with ": " in it stands in quotes',
  ...faultPhrase("nested-key"),
};

const WORDS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  TAB_AS_INDENT: {
    problem: "the line is indented with a tab",
    expected: "spaces",
    ...faultPhrase("tab-indent"),
  },
  BAD_INDENT: {
    problem: "the indentation does not fit, or a bracket is not closed",
    expected: "",
    ...faultPhrase("bad-indent"),
  },
  BLOCK_AS_IMPLICIT_KEY: NESTED_WORDS,
  BLOCK_IN_FLOW: {
    problem: "lines with dashes or keys stand inside brackets",
    expected: "commas between entries, or no brackets",
    ...faultPhrase("lines-in-brackets"),
  },
  MULTILINE_IMPLICIT_KEY: {
    problem: "a line has neither a key nor a dash",
    expected: 'a colon and a space after the key, such as "name: my-agent"',
    ...faultPhrase("no-key"),
  },
  KEY_OVER_1024_CHARS: {
    problem: "a key is longer than 1024 characters",
    expected: "a shorter key",
    ...faultPhrase("long-key"),
  },
  MULTIPLE_DOCS: {
    problem: "a second document begins here",
    expected: "one agent in one file, without a line ---",
    ...faultPhrase("second-document"),
  },
  BAD_DQ_ESCAPE: {
    problem: "a text in double quotes has a backslash that means nothing",
    expected: "two backslashes (\\\\), or single quotes around the text",
    ...faultPhrase("bad-escape"),
  },
  BAD_SCALAR_START: {
    problem: "a text begins with a character that YAML keeps for itself",
    expected: "quotes around the text",
    ...faultPhrase("bad-start"),
  },
  BAD_ALIAS: {
    problem: "an alias (*name) has no anchor (&name)",
    expected: "quotes around a text with *",
    ...faultPhrase("loose-alias"),
  },
  TAG_RESOLVE_FAILED: {
    problem: "a tag (!name) is not known",
    expected: "a plain value, in quotes if need be",
    ...faultPhrase("unknown-tag"),
  },
  RESOURCE_EXHAUSTION: {
    problem: "the file is nested too deeply",
    expected: "at most 64 levels",
    ...faultPhrase("too-nested"),
  },
  BAD_DIRECTIVE: {
    problem: "a line begins with % and is no known directive",
    expected: "no such line",
    ...faultPhrase("bad-directive"),
  },
};

/** A YAML error in plain words; the parser's own where it has no better. */
export function describeYamlError(code: ErrorCode, message: string): Words {
  if (code === "MISSING_CHAR" && message.includes("quote")) {
    return {
      problem: "a quote is opened and never closed",
      expected: "a closing quote",
      ...faultPhrase("open-quote"),
    };
  }
  if (code === "MISSING_CHAR" && message.includes("space")) {
    return {
      problem: "a space is missing",
      expected: "a space after a colon or a comma",
      ...faultPhrase("missing-space"),
    };
  }
  if (code === "UNEXPECTED_TOKEN" && message.includes("at node end")) {
    return {
      problem: "the line does not fit what stands before it",
      expected: "the same indentation",
      ...faultPhrase("unfitting-line"),
    };
  }
  const words = WORDS[code];
  if (words !== undefined) return words;
  return {
    problem: `this is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    expected: "",
    ...faultPhrase("not-yaml", { reason: message }),
  };
}
