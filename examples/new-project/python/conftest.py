"""The fixture `ddblog`, from the library in src/. Remove this line if the library is installed by pip."""

pytest_plugins = ["dynamodb_log.pytest_plugin"]
