// Writes ../static/ (or the folder named as the argument): one style sheet, two scripts, fonts and only the icons used,
// each named by its own content, and manifest.json that says which file is which. The same sources give the same bytes.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../static"));
const kit = join(here, "node_modules/krds-uiux/resources");

// KRDS 1.1.0 is written with @import and other ways of an older Sass, of which this pinned version only warns.
const scss = {
  name: "scss",
  setup: (build) =>
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => ({
      contents: sass.compile(path, { loadPaths: [join(kit, "scss")], logger: sass.Logger.silent }).css,
      loader: "css",
      resolveDir: kit,
    })),
};

// KRDS's drawings end their lines as Windows does; files of this project do not.
const drawings = {
  name: "drawings",
  setup: (build) =>
    build.onLoad({ filter: /\.svg$/ }, ({ path }) => ({ contents: readFileSync(path, "utf8").replaceAll("\r", ""), loader: "file" })),
};

mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) rmSync(join(out, name));

const shared = { bundle: true, minify: true, metafile: true, outdir: out, entryNames: "[name]-[hash]", assetNames: "[name]-[hash]", target: ["chrome109", "firefox115"] };
const builds = [
  await esbuild.build({ ...shared, entryPoints: [join(here, "src/app.scss")], plugins: [scss, drawings], loader: { ".woff2": "file" } }),
  await esbuild.build({ ...shared, entryPoints: [join(here, "src/app.js")], format: "iife" }),
  // As it was published: it is minified already.
  await esbuild.build({ ...shared, entryPoints: [{ in: join(here, "node_modules/htmx.org/dist/htmx.min.js"), out: "htmx" }], loader: { ".js": "copy" } }),
  await esbuild.build({ ...shared, entryPoints: [join(here, "src/favicon.svg")], loader: { ".svg": "copy" } }),
];

const names = builds.flatMap((build) => Object.keys(build.metafile.outputs)).map((path) => basename(path));
const manifest = {};
for (const name of names.sort()) manifest[name.replace(/-[A-Z0-9]{8}(?=\.)/, "")] = name;
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
copyFileSync(join(here, "src/NOTICE.txt"), join(out, "NOTICE.txt"));
