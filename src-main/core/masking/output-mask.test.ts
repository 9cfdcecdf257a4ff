import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutputMask } from "./output-mask.ts";
import { isMaskable, secretForms } from "./secret-forms.ts";

const SECRET = 'pä$$ /wörd+"7f2a\\9';
const PEM = `-----BEGIN KEY-----\n${"AbCdEfGhIjKlMnOpQrStUvWx0123456789+/".repeat(2)}\nzYxWvUtSrQpOnMlKjIhGfEdCbA9876543210+/aa\n-----END KEY-----\n`;

function mask(values: readonly string[], pieces: readonly Uint8Array[]): string {
  const output = new OutputMask(secretForms(values));
  const parts = [...pieces.map((piece) => output.push(piece)), output.flush()];
  return Buffer.concat(parts).toString("latin1");
}

/** How programs print a value; each is checked to hold it in no other form afterwards. */
const PRINTED: Readonly<Record<string, (value: string) => Buffer>> = {
  plain: (value) => Buffer.from(`<${value}>`),
  "base64 at offset 0": (value) => Buffer.from(Buffer.from(`${value}>`).toString("base64")),
  "base64 at offset 1": (value) => Buffer.from(Buffer.from(`<${value}>`).toString("base64")),
  "base64 at offset 2": (value) => Buffer.from(Buffer.from(`<<${value}>`).toString("base64")),
  base64url: (value) => Buffer.from(Buffer.from(`<${value}>`).toString("base64url")),
  "lower hex": (value) => Buffer.from(Buffer.from(`<${value}>`).toString("hex")),
  "upper hex": (value) => Buffer.from(Buffer.from(`<${value}>`).toString("hex").toUpperCase()),
  url: (value) => Buffer.from(`?p=${encodeURIComponent(value)}&`),
  "url with plus": (value) => Buffer.from(`?p=${encodeURIComponent(value).replaceAll("%20", "+")}&`),
  json: (value) => Buffer.from(JSON.stringify({ value })),
  "ascii json": (value) =>
    Buffer.from(
      JSON.stringify({ value }).replace(
        /[\u007f-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
    ),
  "utf-16 little endian": (value) => Buffer.from(`<${value}>`, "utf16le"),
  "utf-16 big endian": (value) => Buffer.from(`<${value}>`, "utf16le").swap16(),
};

describe("a known value", () => {
  test.each(Object.entries(PRINTED))(
    "is hidden as %s, wherever the output is cut in three",
    (_name, print) => {
      const whole = print(SECRET);
      const forms = secretForms([SECRET]).map(({ bytes }) => Buffer.from(bytes).toString("latin1"));
      const expected = mask([SECRET], [whole]);

      for (let first = 0; first <= whole.length; first += 1) {
        for (let second = first; second <= whole.length; second += 7) {
          const pieces = [whole.subarray(0, first), whole.subarray(first, second), whole.subarray(second)];
          expect(mask([SECRET], pieces)).toBe(expected);
        }
      }
      expect(forms.filter((form) => expected.includes(form))).toEqual([]);
      expect(expected.replaceAll("\0", "")).toContain("***");
    },
  );

  test("is hidden byte by byte, and nothing around it is touched", () => {
    const whole = Buffer.from(`a ${SECRET} b ${SECRET.slice(0, 8)} c`);
    const pieces = [...whole].map((byte) => Uint8Array.of(byte));

    expect(mask([SECRET], pieces)).toBe(Buffer.from(`a *** b ${SECRET.slice(0, 8)} c`).toString("latin1"));
  });

  test("of several lines is hidden line by line, but not the frame that everybody's key has", () => {
    const [frame = "", first = "", second = ""] = PEM.split("\n");

    const shown = mask([PEM], [Buffer.from(`${frame}\r\n  ${first}\r\n  ${second}\r\n`)]);

    expect(shown).toBe(`${frame}\r\n  ***\r\n  ***\r\n`);
  });

  test("inside a JSON document is hidden when its key says that it is secret", () => {
    const document = JSON.stringify({ type: "service_account", private_key: PEM, project_id: "shop-1234" });

    const shown = mask([document], [Buffer.from(`${PEM.split("\n")[1]} service_account shop-1234`)]);

    expect(shown).toBe("*** service_account shop-1234");
  });

  test("that begins another one, or overlaps it, leaves no rest of it", () => {
    expect(
      mask(["secret-one", "secret-one-and-two"], [Buffer.from("secret-one-and-two secret-one-and")]),
    ).toBe("*** ***-and");
    expect(mask(["abcdef123", "123456789"], [Buffer.from("<abcdef123"), Buffer.from("456789>")])).toBe(
      "<***>",
    );
    expect(mask(["aaaaaa"], [Buffer.from(`${"a".repeat(100)}b`)])).toBe("***b");
  });

  test("of fewer than six characters is not looked for", () => {
    expect([
      isMaskable("12345"),
      isMaskable(" 12345 \n"),
      isMaskable("123456"),
      isMaskable("пароль"),
    ]).toEqual([false, false, true, true]);
    expect(mask(["12345"], [Buffer.from("12345")])).toBe("12345");
  });
});

test("what is held back is less than the longest form, and given back by a flush", () => {
  const output = new OutputMask(secretForms([SECRET]));
  const longest = Math.max(...secretForms([SECRET]).map(({ bytes }) => bytes.length));

  const before = output.push(Buffer.from(`prompt ${SECRET.slice(0, 4)}`));

  expect(Buffer.from(before).toString()).toBe("prompt ");
  expect(output.heldBytes).toBeLessThan(longest);
  expect(Buffer.from(output.flush()).toString()).toBe(SECRET.slice(0, 4));
  expect(output.heldBytes).toBe(0);
});

test("a secret that comes in two halves is hidden, however long the second one takes", () => {
  const output = new OutputMask(secretForms([SECRET]));
  const [first, second] = [Buffer.from(SECRET).subarray(0, 9), Buffer.from(SECRET).subarray(9)];

  const parts = [output.push(Buffer.from("a ")), output.push(first), output.release(), output.push(second)];

  expect(Buffer.concat([...parts, output.push(Buffer.from(" b"))]).toString()).toBe("a *** b");
});

test("of a secret that is typed letter by letter, a few bytes show and the rest is hidden", () => {
  const output = new OutputMask(secretForms([SECRET]));
  const parts: Uint8Array[] = [];

  for (const byte of Buffer.from(`<${SECRET}>`)) {
    parts.push(output.push(Uint8Array.of(byte)), output.release());
  }

  const shown = Buffer.concat([...parts, output.flush()]);
  const beginning = Buffer.from(SECRET).subarray(0, 5);
  expect(shown.equals(Buffer.concat([Buffer.from("<"), beginning, Buffer.from("***>")]))).toBe(true);
});

test("a prompt that ends like a secret begins is shown after a while, and what follows it is whole", () => {
  const output = new OutputMask(secretForms([SECRET]));
  const prompt = Buffer.from(`go on ${SECRET.slice(0, 3)}`);

  const parts = [output.push(prompt), output.release(), output.push(Buffer.from("? yes\n")), output.flush()];

  expect(Buffer.concat(parts).toString()).toBe(`${prompt}? yes\n`);
  expect(Buffer.from(parts[1] ?? []).toString()).toBe(SECRET.slice(0, 3));
});

test("whatever is released when, output without a secret passes byte for byte and no whole secret gets through", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.nat(SECRET.length).map((length) => new Uint8Array(Buffer.from(SECRET).subarray(0, length))),
    fc.constant(new Uint8Array(Buffer.from(SECRET))),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 12 }), (pieces) => {
      const output = new OutputMask(secretForms([SECRET]));
      const parts = pieces.map(([bytes, waits]) =>
        Buffer.concat([output.push(bytes), waits ? output.release() : new Uint8Array(0)]),
      );
      const shown = Buffer.concat([...parts, output.flush()]).toString("latin1");
      const whole = Buffer.concat(pieces.map(([bytes]) => bytes)).toString("latin1");
      const secret = Buffer.from(SECRET).toString("latin1");

      expect(shown).not.toContain(secret);
      if (!whole.includes(secret)) expect(shown).toBe(whole);
    }),
  );
});

test("output without a secret passes byte for byte, however it is cut", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 });
  fc.assert(
    fc.property(pieces, (chunks) => {
      expect(mask([SECRET], chunks)).toBe(Buffer.concat(chunks).toString("latin1"));
    }),
  );
});

test("a secret in the middle of anything is found, however it is cut", () => {
  const around = fc.uint8Array({ maxLength: 50 });
  const cuts = fc.array(fc.nat(120), { maxLength: 6 });
  fc.assert(
    fc.property(around, around, cuts, (before, after, places) => {
      const whole = Buffer.concat([before, Buffer.from(SECRET), after]);
      const sorted = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort(
        (a, b) => a - b,
      );
      const pieces = sorted.slice(1).map((end, index) => whole.subarray(sorted[index], end));

      const shown = mask([SECRET], pieces);

      expect(shown).toBe(Buffer.concat([before, Buffer.from("***"), after]).toString("latin1"));
    }),
  );
});
