import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listBuiltIn } from "../build/licenses.ts";
import { CARRIED_PACKAGES } from "./carried-packages.ts";

interface Component {
  readonly type: "library" | "framework" | "platform";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/**
 * What packages are made of, as CycloneDX. npm's own list names what is installed to work on them: it leaves out what the
 * page is bundled from and names what no bundle has.
 */
export async function billOfMaterials(root: string): Promise<object> {
  const own = await manifestOf(root);
  const builtIn = await listBuiltIn(root);
  const components: Component[] = builtIn.map(({ identifier, name, version }) =>
    componentOf({ name, version, license: identifier ?? undefined }),
  );
  for (const { folder } of CARRIED_PACKAGES) {
    const { license, name, version } = await manifestOf(join(root, "node_modules", folder));
    components.push(componentOf({ name, version, license }));
  }
  const electron = own.devDependencies["electron"] ?? "";
  components.push({ ...componentOf({ name: "electron", version: electron }), type: "framework" });
  // The Node beside the archive comes from npm as well, as a package for each system.
  for (const [name, version] of Object.entries(own.optionalDependencies)) {
    components.push({ ...componentOf({ name, version }), type: "platform" });
  }
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name: own.name, version: own.version } },
    components: components.toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

function componentOf(from: {
  readonly name: string;
  readonly version: string;
  readonly license?: string | undefined;
}): Component {
  const { license, name, version } = from;
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  // A name of a licence; an expression of several would need another field.
  const isName = license !== undefined && /^[\w.-]+$/.test(license);
  return {
    type: "library",
    name,
    version,
    purl,
    ...(isName ? { licenses: [{ license: { id: license } }] } : {}),
  };
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
}
