"use client";

import { useState } from "react";
import { apiDelete, apiPatch, apiPost } from "@/components/data/api";
import { PersonInput } from "@/components/forms/person-input";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { NativeSelect } from "@/components/ui/native-select";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { type MemberDto, projectRoleLabels } from "@/lib/features/projects/schema";
import { formatCount } from "@/lib/kernel/format";
import { type ProjectRole, projectRoles } from "@/lib/kernel/permissions";
import { useWrite } from "./use-write";

export interface ProjectMembersProps {
  projectId: string;
  projectName: string;
  members: readonly MemberDto[];
  manages: boolean;
  /** Whether this person may look users up. */
  searches: boolean;
}

/** Who works in a project and as what. */
export function ProjectMembers(props: ProjectMembersProps) {
  const { projectId, projectName, members, manages } = props;
  return (
    <Card title="Members" aside={formatCount(members.length, "member")} flush>
      {manages ? <AddMember projectId={projectId} searches={props.searches} /> : null}
      <ul className="divide-y">
        {members.map((member) => (
          <li key={member.userId} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
            <Avatar name={member.name} />
            <div className="min-w-0 flex-1 basis-44">
              <p className="font-semibold">
                {member.name} {member.disabled ? <Badge className="ml-1">Disabled</Badge> : null}
              </p>
              <p className="text-xs break-all text-muted">{member.email}</p>
            </div>
            {manages ? (
              <MemberControls projectId={projectId} projectName={projectName} member={member} />
            ) : (
              <span>{projectRoleLabels[member.role]}</span>
            )}
          </li>
        ))}
        {members.length === 0 ? (
          <li className="px-4 py-10 text-center text-muted">
            No members yet. Add an owner first; owners can approve requests.
          </li>
        ) : null}
      </ul>
    </Card>
  );
}

function MemberControls(props: { projectId: string; projectName: string; member: MemberDto }) {
  const { member } = props;
  const path = { id: props.projectId, userId: member.userId };
  const change = useWrite(
    (role: ProjectRole) => apiPatch("/projects/{id}/members/{userId}", { path, body: { role } }),
    { success: `${member.name}: role updated` },
  );
  const remove = useWrite(() => apiDelete("/projects/{id}/members/{userId}", { path }), {
    success: `${member.name} removed`,
  });
  return (
    <>
      <RoleSelect
        label={`Role of ${member.name}`}
        value={member.role}
        disabled={change.pending}
        onChange={(role) => void change.run(role)}
      />
      <ConfirmDialog
        trigger={
          <Button size="sm" variant="ghost" aria-label={`Remove ${member.name}`}>
            Remove
          </Button>
        }
        title={`Remove ${member.name} from ${props.projectName}?`}
        losses={["Access to the project’s environments, requests and costs"]}
        kept={["The member’s environments (still running)"]}
        confirmLabel="Remove member"
        tone="primary"
        onConfirm={() => remove.run()}
      />
    </>
  );
}

function AddMember({ projectId, searches }: { projectId: string; searches: boolean }) {
  const [user, setUser] = useState("");
  const [role, setRole] = useState<ProjectRole>("developer");
  const add = useWrite(
    () => apiPost("/projects/{id}/members", { path: { id: projectId }, body: { user: user.trim(), role } }),
    { success: (made) => `${made.name} added`, onSuccess: () => setUser("") },
  );
  return (
    <form
      className="flex flex-wrap items-center gap-2 border-b bg-subtle px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (user.trim() === "") return;
        void add.run();
      }}
    >
      <div className="min-w-0 flex-1 basis-56">
        <PersonInput
          aria-label="Email address of the new member"
          placeholder={searches ? "Name or email address" : "Email address"}
          className="h-8.5 text-sm"
          value={user}
          onChange={setUser}
          searches={searches}
        />
      </div>
      <RoleSelect label="Role of the new member" value={role} onChange={setRole} />
      <ReasonedButton
        type="submit"
        loading={add.pending}
        reason={user.trim() === "" ? "Enter the new member’s email address." : null}
      >
        Add member
      </ReasonedButton>
    </form>
  );
}

function RoleSelect(props: {
  label: string;
  value: ProjectRole;
  disabled?: boolean;
  onChange: (role: ProjectRole) => void;
}) {
  return (
    <NativeSelect
      aria-label={props.label}
      value={props.value}
      disabled={props.disabled}
      onChange={(event) => {
        const role = projectRoles.find((one) => one === event.target.value);
        if (role) props.onChange(role);
      }}
      className="h-8.5 w-auto [&>select]:min-h-0 [&>select]:text-sm"
    >
      {projectRoles.map((role) => (
        <option key={role} value={role}>
          {projectRoleLabels[role]}
        </option>
      ))}
    </NativeSelect>
  );
}
