import { useEffect, useState } from "preact/hooks";

/** Where the reader is: the page, and what of it. Every view has an address of its own. */
export interface Place {
  page: string;
  query: URLSearchParams;
}

const base = () => new URL(document.baseURI).pathname;

export function here(): Place {
  const path = location.pathname.startsWith(base()) ? location.pathname.slice(base().length) : "";
  return { page: path.replace(/\/+$/, "") || "overview", query: new URLSearchParams(location.search) };
}

export function href(page: string, query: Record<string, string | undefined> = {}): string {
  const used = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  const search = new URLSearchParams(used).toString();
  return `${base()}${page}${search ? `?${search}` : ""}`;
}

const listeners = new Set<() => void>();

export function go(to: string, replace = false) {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  listeners.forEach((listener) => listener());
  if (!replace) {
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const changed = () => setPlace(here());
    listeners.add(changed);
    addEventListener("popstate", changed);
    return () => {
      listeners.delete(changed);
      removeEventListener("popstate", changed);
    };
  }, []);
  return place;
}
