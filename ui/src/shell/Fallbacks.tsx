import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { Empty, Failed } from "../parts/States";

export function NotFound() {
  return (
    <Empty icon={<IconMapOff size={28} stroke={1.5} />} title="This page does not exist">
      <p>The address may come from another version of Weir.</p>
      <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
        Go home
      </Button>
    </Empty>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <Failed error={error} retry={reset} title="This page failed" />;
}
