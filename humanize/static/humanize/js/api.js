// Call the API: JSON, the CSRF token, plain errors. A lost connection is an error too and can be retried.
export class Refused extends Error {
  constructor(message, status, problem) { super(message); this.status = status; this.problem = problem; }
}

// The address of the editor, which ends with a slash; an installation may have a prefix.
export const ROOT = document.documentElement.dataset.root;

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

export async function call(method, path, body, headers = {}, options = {}) {
  const form = body instanceof FormData;
  let answer;
  try {
    answer = await fetch(`${ROOT}api/v1/${path}`, {
      method,
      ...options,
      credentials: "same-origin",
      headers: { "X-CSRFToken": cookie("csrftoken"), ...(body && !form ? { "Content-Type": "application/json" } : {}), ...headers },
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused("The connection was lost. Your text is safe here; try again.", 0, null);
  }
  if (answer.status === 204) return null;
  const data = await answer.json().catch(() => null);
  if (!answer.ok) {
    if (answer.status === 401) throw new Refused("You are signed out. Sign in again in another tab, then retry; your text is safe here.", 401, data);
    if (answer.status === 403 && /CSRF Failed: (Origin|Referer) checking/.test(data?.detail ?? "")) throw new Refused("This site does not know the address of this page as its own. Ask the administrator to set SITE_URL; your text is safe here.", 403, data);
    if (answer.status === 403 && /CSRF/.test(data?.detail ?? "")) throw new Refused("This page was open for too long. Reload it; your text is safe here.", 403, data);
    throw new Refused(data?.detail ?? `The server answered ${answer.status}. Try again.`, answer.status, data);
  }
  return data;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}, headers) => call("POST", path, body, headers);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const del = (path, body) => call("DELETE", path, body);
