import { useEffect, useState } from "preact/hooks";
import { get, me, type Me, type SystemInfo } from "./api";
import { ActorPage } from "./pages/actor";
import { ActorsPage } from "./pages/actors";
import { AgendaPage } from "./pages/agenda";
import { AuditPage } from "./pages/audit";
import { DeploymentPage } from "./pages/deployment";
import { DeploymentsPage } from "./pages/deployments";
import { LivePage } from "./pages/live";
import { MeshPage } from "./pages/mesh";
import { OverviewPage } from "./pages/overview";
import { go, here, href, usePlace } from "./router";
import { t } from "./texts";
import { Link, Loading, Messages, Problem, useLoaded } from "./ui";

/** What a page gets that needs no node. */
export interface Place {
  who: Me;
  query: URLSearchParams;
}

/** What every other page gets. */
export interface Context extends Place {
  system: SystemInfo;
  reload: () => void;
}

const ICONS: Record<string, string> = {
  overview: "M4 13h6V4H4zm0 7h6v-5H4zm8 0h8v-9h-8zm0-16v5h8V4z",
  actors: "M12 3 20 7.500v9L12 21l-8-4.500v-9zM12 12l8-4.500M12 12v9M12 12 4 7.500",
  mesh: "M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm12 0a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm-6 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 6h8M7 8l4 8M17 8l-4 8",
  live: "M3 12h4l3-8 4 16 3-8h4",
  agenda: "M3 6h18v12H3zM3 7l9 6 9-6",
  deployments: "M12 3 21 7.500 12 12 3 7.500zM3 12l9 4.500 9-4.500M3 16.500 12 21l9-4.500",
  audit: "M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3",
};

const MENU = ["overview", "actors", "mesh", "live", "agenda", "deployments", "audit"] as const;

/** Pages that are not in the menu, and under which they are found; they have headings of their own. */
const DETAILS: Record<string, string> = { actor: "actors", deployment: "deployments" };

type Theme = "light" | "dark";

function useTheme(): [Theme, () => void] {
  const preferred = (): Theme => {
    const kept = localStorage.getItem("spawn.theme");
    if (kept === "light" || kept === "dark") return kept;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  };
  const [theme, setTheme] = useState<Theme>(preferred);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    localStorage.setItem("spawn.theme", next);
    setTheme(next);
  };
  return [theme, toggle];
}

export function App() {
  const place = usePlace();
  const [theme, toggle] = useTheme();
  const who = useLoaded("me", () => me());
  const overview = useLoaded("overview", (signal) => get<{ systems: SystemInfo[] }>("overview", {}, signal), 3000);
  const systems = overview.value?.systems.filter((s) => s.name !== "") ?? [];
  const wanted = place.query.get("system");
  const system = systems.find((s) => s.name === wanted) ?? systems[0];
  const page = place.page in t.pages ? place.page : "overview";
  const title = t.pages[page as keyof typeof t.pages];

  useEffect(() => {
    const name = place.query.get("name");
    document.title = `${name ? `${place.query.get("type")}/${name}` : title} · ${t.product}`;
  }, [title, place.query]);

  const ready = who.value && system;
  const silent = overview.value?.systems.flatMap((s) => s.nodes) ?? [];
  const context: Context | undefined =
    who.value && system ? { who: who.value, system, query: place.query, reload: overview.again } : undefined;

  return (
    <div class="frame">
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); document.getElementById("content")?.focus(); }}>
        {t.skip}
      </a>
      <header class="top">
        <Link to={href("overview", { system: system?.name })} class="brand" label={t.product}>
          <img src="assets/mark.svg" alt="" width="28" height="28" />
          <span>Spawn</span>
        </Link>
        {systems.length > 1 && system ? (
          <label class="system">
            <span class="unseen">{t.system}</span>
            <select
              value={system.name}
              onChange={(event) => go(href(DETAILS[page] ?? here().page, { system: event.currentTarget.value }))}
            >
              {systems.map((s) => (
                <option key={s.name}>{s.name}</option>
              ))}
            </select>
          </label>
        ) : (
          system && <span class="system one">{system.name}</span>
        )}
        <span class="grow" />
        <button type="button" class="icon" onClick={toggle} aria-label={theme === "dark" ? t.theme.light : t.theme.dark}>
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path
              d={
                theme === "dark"
                  ? "M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 2v2M12 20v2M2 12h2M20 12h2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400"
                  : "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z"
              }
            />
          </svg>
        </button>
        {who.value && (
          <form class="who" method="post" action="logout">
            <span class="name">
              {who.value.name}
              <small>{t.roles[who.value.roles[system?.name ?? ""] ?? who.value.role ?? ""] ?? ""}</small>
            </span>
            <input type="hidden" name="_csrf" value={who.value.csrfToken} />
            <button class="plain">{t.logout}</button>
          </form>
        )}
      </header>
      <nav class="side" aria-label={t.menu}>
        {MENU.filter((name) => name !== "deployments" || who.value?.deployments).map((name) => (
          <Link
            key={name}
            to={href(name, { system: system?.name })}
            current={page === name || DETAILS[page] === name}
          >
            <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
              <path d={ICONS[name]} />
            </svg>
            <span class={t.shortPages[name] ? "long" : undefined}>{t.pages[name]}</span>
            {t.shortPages[name] && (
              <span class="short" aria-hidden="true">
                {t.shortPages[name]}
              </span>
            )}
          </Link>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        {!(page in DETAILS) && <h1>{title}</h1>}
        {who.error !== undefined ? (
          <Problem error={who.error} again={who.again} />
        ) : who.value?.deployments && page === "deployments" ? (
          <DeploymentsPage who={who.value} query={place.query} />
        ) : who.value?.deployments && page === "deployment" ? (
          <DeploymentPage who={who.value} query={place.query} />
        ) : !ready || !context ? (
          overview.error !== undefined ? (
            <Problem error={overview.error} again={overview.again} />
          ) : overview.value ? (
            <div class="problem" role="alert">
              <p class="title">{t.overview.noNodes}</p>
              <p>{silent.map((n) => n.error).find(Boolean) ?? t.overview.noNodesHint}</p>
            </div>
          ) : (
            <Loading lines={8} />
          )
        ) : page === "actors" ? (
          <ActorsPage {...context} />
        ) : page === "actor" ? (
          <ActorPage {...context} />
        ) : page === "mesh" ? (
          <MeshPage {...context} />
        ) : page === "live" ? (
          <LivePage {...context} />
        ) : page === "agenda" ? (
          <AgendaPage {...context} />
        ) : page === "audit" ? (
          <AuditPage {...context} />
        ) : (
          <OverviewPage {...context} />
        )}
      </main>
      <Messages />
    </div>
  );
}
