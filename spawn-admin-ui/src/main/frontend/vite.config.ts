import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

/** `npm run dev` shows the sources with hot reload; everything else comes from a console that runs. */
const console = process.env.SPAWN_CONSOLE ?? "http://localhost:9090";
const proxied = Object.fromEntries(
  ["/api", "/login", "/logout", "/assets/login.css", "/assets/mark.svg"].map((path) => [path, console]),
);

export default defineConfig({
  plugins: [preact()],
  base: "./",
  build: {
    outDir: "../../../target/classes/org/spawnmesh/admin/dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
  },
  server: { proxy: proxied },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
