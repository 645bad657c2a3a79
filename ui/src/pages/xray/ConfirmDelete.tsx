import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Code } from "../../parts/Code";

/** Asks for confirmation, and shows the equivalent command. */
export function ConfirmDelete({
  what,
  command,
  busy,
  error,
  confirm,
  close,
  children,
}: {
  what: string;
  command: string;
  busy: boolean;
  error: Error | null;
  confirm: () => void;
  close: () => void;
  children: ReactNode;
}) {
  return (
    <Modal opened onClose={close} title={`Delete ${what}?`} size="lg">
      <div className="x-form">
        <p style={{ margin: 0 }}>{children}</p>
        <Code text={command} />
        {error && (
          <div className="bad" role="alert">
            {error.message}
          </div>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button color="red" loading={busy} onClick={confirm} data-autofocus>
            Delete
          </Button>
        </div>
      </div>
    </Modal>
  );
}
