import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { XRayGroup } from "../../api/types.generated";
import { deleteGroup, xrayGroupsQuery } from "../../api/xrayQueries";
import { Copy } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { deleteGroupCommand } from "../../xray/cli";
import { ConfirmDelete } from "./ConfirmDelete";
import { Expression } from "./Expression";
import { GroupForm } from "./GroupForm";
import { XRayTabs } from "./XRayFrame";

const route = getRouteApi("/xray/groups");
/** What the URL says while a new group is written; names have no such sign. */
const NEW = "+";

export default function XRayGroupsPage() {
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const query = useQuery(xrayGroupsQuery());
  const [deleting, setDeleting] = useState<XRayGroup | null>(null);
  const setEdit = (name: string | undefined) => void navigate({ search: (before) => ({ ...before, edit: name }) });
  const remove = useMutation({
    mutationFn: (name: string) => deleteGroup(name),
    onSuccess: () => {
      setDeleting(null);
      void queries.invalidateQueries({ queryKey: ["xray"] });
    },
  });
  const groups = query.data?.groups ?? [];
  const edited = groups.find((one) => one.name === edit && !one.default);
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line" style={{ paddingBottom: 8 }}>
          <XRayTabs />
          <div className="grow" />
          <Button leftSection={<IconPlus size={14} />} onClick={() => setEdit(NEW)}>
            New group
          </Button>
        </div>
      </section>
      <section className="panel">
        {query.isPending ? (
          <RowsSkeleton rows={5} />
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <>
            <header>
              <h2>Groups</h2>
              <span className="faint">traces that match a filter expression, each with its own map</span>
              <span className="aside">
                {groups.length - 1} of {query.data.limit}
              </span>
            </header>
            <table className="grid" aria-label="Groups">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Filter expression</th>
                  <th>Insights</th>
                  <th>Pages</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {groups.map((group) => (
                  <tr key={group.name} className={edited === group ? "picked" : ""}>
                    <td style={{ whiteSpace: "nowrap" }}>
                      <b>{group.name}</b> <Copy value={group.arn} label="Copy the ARN" />
                    </td>
                    <td>
                      {group.filterExpression ? (
                        <Expression text={group.filterExpression} />
                      ) : (
                        <span className="faint">{group.default ? "all traces" : "none: all traces"}</span>
                      )}
                    </td>
                    <td>
                      {group.insightsEnabled ? (
                        <span className="badge good">on{group.notificationsEnabled && ", notifies"}</span>
                      ) : (
                        <span className="faint">off</span>
                      )}
                    </td>
                    <td>
                      <span className="row" style={{ gap: 12 }}>
                        {(
                          [
                            ["/xray", "Traces"],
                            ["/xray/map", "Map"],
                            ["/xray/analytics", "Analytics"],
                          ] as const
                        ).map(([to, label]) => (
                          <Link key={to} className="link" to={to} search={group.default ? {} : { group: group.name }}>
                            {label}
                          </Link>
                        ))}
                      </span>
                    </td>
                    <td className="num">
                      {!group.default && (
                        <>
                          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setEdit(group.name)}>
                            Edit
                          </Button>
                          <Button size="compact-xs" variant="subtle" color="red" onClick={() => setDeleting(group)}>
                            Delete
                          </Button>
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {groups.length === 1 && (
              <p className="faint" style={{ padding: "4px 14px 10px", margin: 0 }}>
                Example: name <b>Cruddur</b>, expression{" "}
                <span className="mono">service(&quot;backend-flask&quot;)</span>.
              </p>
            )}
          </>
        )}
      </section>
      {(edited ?? edit === NEW) && (
        <GroupForm key={edited?.name ?? ""} group={edited} close={() => setEdit(undefined)} />
      )}
      {deleting && (
        <ConfirmDelete
          what={`group ${deleting.name}`}
          command={deleteGroupCommand(window.location.origin, deleting.name)}
          busy={remove.isPending}
          error={remove.error}
          confirm={() => remove.mutate(deleting.name)}
          close={() => {
            remove.reset();
            setDeleting(null);
          }}
        >
          Its traces are not deleted.
        </ConfirmDelete>
      )}
    </div>
  );
}
