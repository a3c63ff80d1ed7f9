/**
 * What Pulumi's AWS provider 7.20.0 says of the resources that a deployment makes: which property holds a name and how long
 * it may be, which changes replace a resource, which kinds bear tags, how long a deletion is tried. Read from the
 * documentation and the source of terraform-provider-aws, on which that provider is built; it has not been checked against
 * the provider itself.
 */

/** Types in Pulumi without `aws:`, e.g. `ec2/vpc:Vpc`. */
export type Kind = string;

/** Changes of these properties replace the resource (`ForceNew` in the provider). */
export const replacedBy: Readonly<Record<Kind, readonly string[]>> = {
  "apigatewayv2/api:Api": ["protocolType"],
  "apigatewayv2/apiMapping:ApiMapping": ["apiId", "domainName"],
  "apigatewayv2/domainName:DomainName": ["domainName"],
  "apigatewayv2/integration:Integration": ["apiId", "integrationType"],
  "apigatewayv2/route:Route": ["apiId"],
  "apigatewayv2/stage:Stage": ["apiId", "name"],
  "cloudtrail/trail:Trail": ["name"],
  "cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "cloudwatch/eventRule:EventRule": ["name", "eventBusName"],
  "cloudwatch/eventTarget:EventTarget": ["rule", "targetId", "eventBusName"],
  "cloudwatch/logGroup:LogGroup": ["name"],
  "cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "ec2/eip:Eip": ["domain", "networkBorderGroup", "publicIpv4Pool", "address"],
  "ec2/flowLog:FlowLog": ["trafficType", "logDestination", "logDestinationType", "iamRoleArn", "vpcId"],
  "ec2/route:Route": ["routeTableId", "destinationCidrBlock"],
  "ec2/routeTable:RouteTable": ["vpcId"],
  "ec2/routeTableAssociation:RouteTableAssociation": ["subnetId"],
  "ec2/securityGroup:SecurityGroup": ["vpcId", "description", "name"],
  "ec2/subnet:Subnet": ["vpcId", "cidrBlock", "availabilityZone"],
  "ec2/tag:Tag": ["resourceId", "key"],
  "ec2/vpc:Vpc": ["cidrBlock"],
  "ec2/vpcEndpoint:VpcEndpoint": ["vpcId", "serviceName", "vpcEndpointType"],
  "globalaccelerator/endpointGroup:EndpointGroup": ["listenerArn", "endpointGroupRegion"],
  "globalaccelerator/listener:Listener": ["acceleratorArn"],
  "iam/policy:Policy": ["name"],
  "iam/role:Role": ["name"],
  "iam/rolePolicy:RolePolicy": ["name", "role"],
  "iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "iam/serviceLinkedRole:ServiceLinkedRole": ["awsServiceName", "customSuffix"],
  "lambda/eventSourceMapping:EventSourceMapping": ["eventSourceArn"],
  "lambda/function:Function": ["name", "packageType"],
  "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ["functionName", "qualifier"],
  "lambda/invocation:Invocation": ["functionName", "qualifier", "lifecycleScope", "triggers"],
  "lambda/permission:Permission": ["action", "function", "qualifier", "principal", "sourceArn"],
  "lb/listener:Listener": ["loadBalancerArn"],
  "lb/loadBalancer:LoadBalancer": ["name", "namePrefix", "internal", "loadBalancerType"],
  "lb/targetGroup:TargetGroup": ["name", "namePrefix", "targetType"],
  "lb/targetGroupAttachment:TargetGroupAttachment": ["targetGroupArn", "targetId"],
  "s3/bucket:Bucket": ["bucket"],
  "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["bucket"],
  "s3/bucketPolicy:BucketPolicy": ["bucket"],
  "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "scheduler/schedule:Schedule": ["name", "groupName"],
  "scheduler/scheduleGroup:ScheduleGroup": ["name"],
  "sns/topic:Topic": ["name"],
  "sns/topicPolicy:TopicPolicy": ["arn"],
  "sns/topicSubscription:TopicSubscription": ["topic", "protocol", "endpoint"],
  "sqs/queue:Queue": ["name", "fifoQueue"],
  "sqs/queuePolicy:QueuePolicy": ["queueUrl"],
  "ssm/parameter:Parameter": ["name"],
};

export interface Naming {
  readonly property: string;
  /** Longest name, in characters (each service's API reference). */
  readonly longest: number;
  /** Pulumi makes a name of the logical one and seven characters where the program gives none. Default true. */
  readonly made?: false;
  /** AWS does not refuse a name that is taken: it makes a second resource, or overwrites the first (alarms, dashboards). */
  readonly shared?: true;
}

export const naming: Readonly<Record<Kind, Naming>> = {
  "apigatewayv2/api:Api": { property: "name", longest: 128, shared: true },
  "cloudtrail/trail:Trail": { property: "name", longest: 128 },
  "cloudwatch/dashboard:Dashboard": { property: "dashboardName", longest: 255, made: false, shared: true },
  "cloudwatch/eventRule:EventRule": { property: "name", longest: 64 },
  "cloudwatch/logGroup:LogGroup": { property: "name", longest: 512 },
  "cloudwatch/metricAlarm:MetricAlarm": { property: "name", longest: 255, shared: true },
  "ec2/securityGroup:SecurityGroup": { property: "name", longest: 255, shared: true },
  "globalaccelerator/accelerator:Accelerator": { property: "name", longest: 64, shared: true },
  "iam/policy:Policy": { property: "name", longest: 128 },
  "iam/role:Role": { property: "name", longest: 64 },
  "iam/rolePolicy:RolePolicy": { property: "name", longest: 128, shared: true },
  "lambda/function:Function": { property: "name", longest: 64 },
  "lb/loadBalancer:LoadBalancer": { property: "name", longest: 32 },
  "lb/targetGroup:TargetGroup": { property: "name", longest: 32 },
  "s3/bucket:Bucket": { property: "bucket", longest: 63 },
  "scheduler/schedule:Schedule": { property: "name", longest: 64 },
  "scheduler/scheduleGroup:ScheduleGroup": { property: "name", longest: 64 },
  "sns/topic:Topic": { property: "name", longest: 256 },
  "sqs/queue:Queue": { property: "name", longest: 80 },
  "ssm/parameter:Parameter": { property: "name", longest: 1011 },
};

/** Characters that Pulumi adds to a logical name: a hyphen and seven random ones. */
export const randomCharacters = 8;

/** Kinds that bear no tags of their own. */
const untagged =
  /Policy|Association|Permission|Route$|Tag$|Target$|Schedule$|Dashboard|Subscription|Invocation|Config|Attachment|Integration|Mapping$|:Listener|EndpointGroup|AccessBlock/;
const taggedAllTheSame = ["lambda/eventSourceMapping:EventSourceMapping", "lb/listener:Listener"];

export function bearsTags(kind: Kind): boolean {
  return taggedAllTheSame.includes(kind) || !untagged.test(kind);
}

/**
 * Minutes for which the provider tries a deletion again that something else prevents (the provider's documentation,
 * "Timeouts"; subnets and security groups wait longer where Lambda's interfaces are left).
 */
export const deletionMinutes: Readonly<Record<Kind, number>> = {
  "ec2/internetGateway:InternetGateway": 20,
  "ec2/securityGroup:SecurityGroup": 45,
  "ec2/subnet:Subnet": 45,
  "ec2/vpc:Vpc": 5,
};

/** Returns a type's name without `aws:`. */
export function kindOf(type: string): Kind {
  return type.replace(/^aws:/, "");
}
