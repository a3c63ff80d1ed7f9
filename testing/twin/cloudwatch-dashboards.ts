import type { DeleteDashboardsInput, GetDashboardInput, PutDashboardInput } from "@aws-sdk/client-cloudwatch";
import { AwsError, type Operation } from "./service.ts";
import type { World } from "./world.ts";

/** Widgets of one dashboard (CloudWatch API reference, "Dashboard body structure and syntax"). */
const MOST_WIDGETS = 500;

/** Dashboards: kept, not drawn. */
export function dashboardOperations(world: World): Record<string, Operation> {
  const bodies = new Map<string, string>();

  return {
    PutDashboard(input: PutDashboardInput) {
      const { DashboardName: name = "", DashboardBody: body = "" } = input;
      if (!/^[\w-]{1,255}$/.test(name)) throw badInput(`The value ${name} for field DashboardName must match [\\w-]+`);
      bodies.set(name, demandBody(body));
      return { DashboardValidationMessages: [] };
    },
    DeleteDashboards({ DashboardNames: names = [] }: DeleteDashboardsInput) {
      const missing = names.find((name) => !bodies.has(name));
      if (missing !== undefined) throw notFound(missing);
      for (const name of names) bodies.delete(name);
      return {};
    },
    GetDashboard(input: GetDashboardInput) {
      const name = input.DashboardName ?? "";
      const body = bodies.get(name);
      if (body === undefined) throw notFound(name);
      return {
        DashboardArn: `arn:aws:cloudwatch::${world.accountId}:dashboard/${name}`,
        DashboardBody: body,
        DashboardName: name,
      };
    },
  };
}

function notFound(name: string): AwsError {
  return new AwsError("ResourceNotFound", `Dashboard ${name} does not exist`, 404);
}

function badInput(message: string): AwsError {
  return new AwsError("InvalidParameterInput", message, 400);
}

function demandBody(body: string): string {
  let widgets: unknown;
  try {
    ({ widgets } = JSON.parse(body));
  } catch {
    throw badInput("The field DashboardBody must be a valid JSON object");
  }
  if (!Array.isArray(widgets) || widgets.length > MOST_WIDGETS) {
    throw badInput(`The field widgets must be an array of at most ${MOST_WIDGETS} items`);
  }
  return body;
}
