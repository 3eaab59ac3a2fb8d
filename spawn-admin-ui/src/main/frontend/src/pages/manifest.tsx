import { useState } from "preact/hooks";
import { ApiError, get, post, type Cause, type Manifest } from "../api";
import { placeOf, SchemaForm, type OpenApi } from "../schema-form";
import { t } from "../texts";
import { Show, tell, useLoaded } from "../ui";

const c = t.deployments;
const SYSTEM = "spawn-eigr.io/actor-system";

interface Draft {
  manifest: Manifest;
  yaml: string | undefined;
}

/** A manifest as a form or as YAML, whichever somebody likes better, one after the other. */
export function Editor(props: {
  kind: string;
  manifest: Manifest;
  existing?: boolean;
  systems?: string[];
  save: string;
  change: Record<string, unknown>;
  onClose: () => void;
  onSaved: (made: { namespace: string; name: string }) => void;
}) {
  const { kind, change, existing } = props;
  const schema = useLoaded<OpenApi>(`schema ${kind}`, (signal) => get("deployments/schema", { kind }, signal));
  const [draft, setDraft] = useState<Draft>({ manifest: props.manifest, yaml: undefined });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const trying = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
      setError(undefined);
    } catch (wrong) {
      setError(wrong);
    } finally {
      setBusy(false);
    }
  };

  const content = () => (draft.yaml === undefined ? { manifest: draft.manifest } : { yaml: draft.yaml });

  const turn = (toYaml: boolean) =>
    trying(async () => {
      if (toYaml === (draft.yaml !== undefined)) return;
      const both = await post<{ manifest: Manifest; yaml: string }>("deployments/convert", content());
      setDraft({ manifest: both.manifest, yaml: toYaml ? both.yaml : undefined });
    });

  const write = (trial: boolean) =>
    trying(async () => {
      const made = await post<{ namespace: string; name: string }>("deployments", { ...change, ...content(), trial });
      tell(trial ? c.wouldDo : t.actor.done);
      if (!trial) props.onSaved(made);
    });

  const causes = error instanceof ApiError ? error.causes : [];
  return (
    <Show of={schema} lines={8}>
      {(whole) => {
        const spec = whole.properties?.spec ?? {};
        const placed = draft.yaml !== undefined ? [] : causes.flatMap((cause) => placedAt(spec, cause, existing === true));
        const elsewhere = causes.filter((cause) => !placed.some((it) => it.of === cause));
        return (
          <form
            class="card"
            onSubmit={(event) => {
              event.preventDefault();
              void write(false);
            }}
          >
            <div class="filters">
              <p class="hint grow">{whole.description}</p>
              <div class="buttons" role="group" aria-label={c.notation}>
                <button type="button" aria-pressed={draft.yaml === undefined} onClick={() => turn(false)}>
                  {c.form}
                </button>
                <button type="button" aria-pressed={draft.yaml !== undefined} onClick={() => turn(true)}>
                  {c.yaml}
                </button>
              </div>
            </div>
            {error !== undefined && (
              <div class="problem" role="alert">
                <p class="title">{causes.length > 0 ? c.invalid(causes.length) : c.refused}</p>
                {causes.length === 0 && <p>{error instanceof Error ? error.message : String(error)}</p>}
                {elsewhere.length > 0 && (
                  <ul>
                    {elsewhere.map((cause) => (
                      <li key={cause.field + cause.message}>
                        {cause.field && <code>{cause.field}</code>} {cause.message}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            )}
            {draft.yaml !== undefined ? (
              <label>
                <span>{c.yaml}</span>
                <textarea class="manifest" rows={24} spellcheck={false} value={draft.yaml} onInput={(event) => setDraft({ ...draft, yaml: event.currentTarget.value })} />
              </label>
            ) : (
              <>
                <Metadata kind={kind} existing={existing === true} manifest={draft.manifest} systems={props.systems} causes={placed} onChange={(manifest) => setDraft({ manifest, yaml: undefined })} />
                <SchemaForm
                  schema={spec}
                  value={draft.manifest.spec}
                  path="spec"
                  causes={placed}
                  onChange={(next) => setDraft({ manifest: { ...draft.manifest, spec: next ?? {} }, yaml: undefined })}
                />
              </>
            )}
            <div class="buttons sticky">
              <button type="button" onClick={props.onClose}>
                {t.cancel}
              </button>
              <button type="button" disabled={busy} onClick={(event) => event.currentTarget.form?.reportValidity() && write(true)}>
                {c.check}
              </button>
              <button class="main" disabled={busy}>
                {props.save}
              </button>
            </div>
          </form>
        );
      }}
    </Show>
  );
}

interface Placed extends Cause {
  of: Cause;
}

/** A mistake with the place in the form where it is shown; none if the form has no such place. */
function placedAt(spec: OpenApi, cause: Cause, existing: boolean): Placed[] {
  const field = cause.field === "metadata.name" && !existing ? cause.field : placeOf(spec, "spec", cause.field);
  if (field === undefined) return [];
  return [{ field, message: field === cause.field ? cause.message : `${cause.field}: ${cause.message}`, of: cause }];
}

function Metadata(props: { kind: string; existing: boolean; manifest: Manifest; systems: string[] | undefined; causes: Cause[]; onChange: (manifest: Manifest) => void }) {
  const { manifest, onChange, existing } = props;
  const { metadata } = manifest;
  const set = (changes: Partial<Manifest["metadata"]>) => onChange({ ...manifest, metadata: { ...metadata, ...changes } });
  const wrong = props.causes.find((cause) => cause.field === "metadata.name");
  return (
    <div class="metadata">
      {!existing && (
        <>
          <div class="field">
            <label>
              <span>
                {t.columns.name} <span class="faint">{t.form.required}</span>
              </span>
              <input type="text" value={metadata.name} spellcheck={false} autocapitalize="none" aria-invalid={wrong ? true : undefined} onInput={(event) => set({ name: event.currentTarget.value })} />
            </label>
            {wrong && (
              <span class="wrong" role="alert">
                {wrong.message}
              </span>
            )}
          </div>
          <label>
            <span>{c.namespace}</span>
            <input type="text" value={metadata.namespace} spellcheck={false} autocapitalize="none" onInput={(event) => set({ namespace: event.currentTarget.value })} />
          </label>
        </>
      )}
      {props.kind !== "ActorSystem" && (
        <label>
          <span>{c.ofSystem}</span>
          <input
            type="text"
            list="known-systems"
            value={metadata.annotations?.[SYSTEM] ?? ""}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => {
              const { [SYSTEM]: before, ...others } = metadata.annotations ?? {};
              const typed = event.currentTarget.value;
              set({ annotations: typed === "" ? others : { ...others, [SYSTEM]: typed } });
            }}
          />
          <datalist id="known-systems">
            {props.systems?.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
      )}
    </div>
  );
}
