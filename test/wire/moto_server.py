"""
Starts moto's server with the three answers that relocation cannot do without and that moto has no way to give:

- `InterfaceType` is `lambda` for interfaces whose description begins as Lambda's do (moto stores `interface` for all);
- the `VpcId` of a function's `VpcConfig` is that of its subnets (moto answers `vpc-123abc`);
- `ListProvisionedConcurrencyConfigs` lists nothing for a function that exists (moto does not know the call).

Everything else is moto as published. docs/twin.md repeats this.
"""

import json
import sys

from moto.awslambda import urls
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.server import main

vpc_config = LambdaFunction.vpc_config.fget
create_interface = NetworkInterface.__init__


def create_lambda_interface(self, *args, **kwargs):
    create_interface(self, *args, **kwargs)
    if self.description.startswith("AWS Lambda VPC ENI"):
        self.interface_type = "lambda"


def vpc_config_with_vpc(self):
    config = vpc_config(self)
    if config and config["SubnetIds"]:
        subnet = ec2_backends[self.account_id][self.region].get_subnet(config["SubnetIds"][0])
        return {**config, "VpcId": subnet.vpc_id}
    return config


def list_provisioned_concurrency_configs(self):
    self.backend.get_function(self.path.split("/functions/")[1].split("/")[0])
    return json.dumps({"ProvisionedConcurrencyConfigs": []})


LambdaFunction.vpc_config = property(vpc_config_with_vpc)
NetworkInterface.__init__ = create_lambda_interface
LambdaResponse.list_provisioned_concurrency_configs = list_provisioned_concurrency_configs
urls.url_paths[r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"] = (
    LambdaResponse.dispatch
)

main(sys.argv[1:])
