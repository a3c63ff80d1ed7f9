/** The SNS topics that alarms notify. */
import { sns } from "@pulumi/aws";
import { jsonStringify, type Output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import type { Topics } from "./alarms.ts";
import type { Place } from "./place.ts";

/** Returns where pages and tickets go: to one topic, unless tickets have one of their own. Those that are not given are made. */
export function createTopics(place: Place, { topicArn, email, tickets }: HoldfastConfig["notifications"]): Topics {
  const page = topicArn ?? createTopic(place, "alarms", email);
  return { page, ticket: tickets ? (tickets.topicArn ?? createTopic(place, "tickets", tickets.email)) : page };
}

function createTopic(place: Place, part: "alarms" | "tickets", email: string | undefined): Output<string> {
  const options = { parent: place.parent };
  const name = `${place.name}-${part}`;
  const topic = new sns.Topic(name, { name: `${place.prefix}-${part}`, tags: place.tags }, options);
  const policy = jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
      },
    ],
  });
  new sns.TopicPolicy(`${name}-policy`, { arn: topic.arn, policy }, options);
  if (email) {
    const subscription = { topic: topic.arn, protocol: "email", endpoint: email };
    new sns.TopicSubscription(`${name}-email`, subscription, options);
  }
  return topic.arn;
}
