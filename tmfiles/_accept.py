"""Whether a document is valid; generated from schemas/ by `tmfiles.schema.regenerate`, never edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
import re

FASTJSONSCHEMA = "2.22.3"


class Refused(Exception):
    pass


TASK_PATTERNS = {
    '\\S': re.compile('\\S'),
    '^[a-z0-9]+([._-][a-z0-9]+)*$': re.compile('^[a-z0-9]+([._-][a-z0-9]+)*\\Z'),
    '^[0-9A-Za-z]+$': re.compile('^[0-9A-Za-z]+\\Z')
}

def task(data):
    if not isinstance(data, (dict)): raise Refused
    if isinstance(data, dict):
        data__missing_keys = set(['title']) - data.keys()
        if data__missing_keys: raise Refused
        data_keys = set(data.keys())
        if "title" in data_keys:
            data_keys.remove("title")
            data__title = data["title"]
            if not isinstance(data__title, (str)): raise Refused
            if isinstance(data__title, str):
                data__title_len = len(data__title)
                if data__title_len > 500: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__title): raise Refused
        if "status" in data_keys:
            data_keys.remove("status")
            data__status = data["status"]
            if not isinstance(data__status, (str)): raise Refused
            if not (isinstance(data__status, str) and data__status == 'pending' or isinstance(data__status, str) and data__status == 'in_progress' or isinstance(data__status, str) and data__status == 'blocked' or isinstance(data__status, str) and data__status == 'completed' or isinstance(data__status, str) and data__status == 'cancelled'): raise Refused
        if "priority" in data_keys:
            data_keys.remove("priority")
            data__priority = data["priority"]
            if not isinstance(data__priority, (str)): raise Refused
            if not (isinstance(data__priority, str) and data__priority == 'critical' or isinstance(data__priority, str) and data__priority == 'high' or isinstance(data__priority, str) and data__priority == 'medium' or isinstance(data__priority, str) and data__priority == 'low'): raise Refused
        if "type" in data_keys:
            data_keys.remove("type")
            data__type = data["type"]
            if not isinstance(data__type, (str)): raise Refused
            if isinstance(data__type, str):
                data__type_len = len(data__type)
                if data__type_len > 50: raise Refused
                if not TASK_PATTERNS['^[a-z0-9]+([._-][a-z0-9]+)*$'].search(data__type): raise Refused
        if "assignee" in data_keys:
            data_keys.remove("assignee")
            data__assignee = data["assignee"]
            if not isinstance(data__assignee, (str)): raise Refused
            if isinstance(data__assignee, str):
                data__assignee_len = len(data__assignee)
                if data__assignee_len > 200: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__assignee): raise Refused
        if "tags" in data_keys:
            data_keys.remove("tags")
            data__tags = data["tags"]
            if not isinstance(data__tags, (list, tuple)): raise Refused
            if isinstance(data__tags, (list, tuple)):
                for data__tags_x, data__tags_item in enumerate(data__tags):
                    if not isinstance(data__tags_item, (str)): raise Refused
                    if isinstance(data__tags_item, str):
                        data__tags_item_len = len(data__tags_item)
                        if data__tags_item_len > 100: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__tags_item): raise Refused
        if "depends_on" in data_keys:
            data_keys.remove("depends_on")
            data__dependson = data["depends_on"]
            if not isinstance(data__dependson, (list, tuple)): raise Refused
            if isinstance(data__dependson, (list, tuple)):
                for data__dependson_x, data__dependson_item in enumerate(data__dependson):
                    task___definitions_id(data__dependson_item)
        if "related" in data_keys:
            data_keys.remove("related")
            data__related = data["related"]
            if not isinstance(data__related, (list, tuple)): raise Refused
            if isinstance(data__related, (list, tuple)):
                for data__related_x, data__related_item in enumerate(data__related):
                    task___definitions_id(data__related_item)
        if "source" in data_keys:
            data_keys.remove("source")
            data__source = data["source"]
            if not isinstance(data__source, (str)): raise Refused
            if isinstance(data__source, str):
                data__source_len = len(data__source)
                if data__source_len < 2: raise Refused
                if data__source_len > 64: raise Refused
                if not TASK_PATTERNS['^[a-z0-9]+([._-][a-z0-9]+)*$'].search(data__source): raise Refused
        if "parent" in data_keys:
            data_keys.remove("parent")
            data__parent = data["parent"]
            if not isinstance(data__parent, (str)): raise Refused
            if isinstance(data__parent, str):
                data__parent_len = len(data__parent)
                if data__parent_len < 2: raise Refused
                if data__parent_len > 64: raise Refused
                if not TASK_PATTERNS['^[a-z0-9]+([._-][a-z0-9]+)*$'].search(data__parent): raise Refused
        if "phase" in data_keys:
            data_keys.remove("phase")
            data__phase = data["phase"]
            if not isinstance(data__phase, (str)): raise Refused
            if isinstance(data__phase, str):
                data__phase_len = len(data__phase)
                if data__phase_len > 100: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__phase): raise Refused
        if "order" in data_keys:
            data_keys.remove("order")
            data__order = data["order"]
            if not isinstance(data__order, (str)): raise Refused
            if isinstance(data__order, str):
                data__order_len = len(data__order)
                if data__order_len > 200: raise Refused
                if not TASK_PATTERNS['^[0-9A-Za-z]+$'].search(data__order): raise Refused
        if "specialty" in data_keys:
            data_keys.remove("specialty")
            data__specialty = data["specialty"]
            if not isinstance(data__specialty, (str)): raise Refused
            if isinstance(data__specialty, str):
                data__specialty_len = len(data__specialty)
                if data__specialty_len > 100: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__specialty): raise Refused
        if "due" in data_keys:
            data_keys.remove("due")
            data__due = data["due"]
            if not isinstance(data__due, (str)): raise Refused
        if "wait_until" in data_keys:
            data_keys.remove("wait_until")
            data__waituntil = data["wait_until"]
            if not isinstance(data__waituntil, (str)): raise Refused
        if "repeat" in data_keys:
            data_keys.remove("repeat")
            data__repeat = data["repeat"]
            if not isinstance(data__repeat, (str)): raise Refused
            if isinstance(data__repeat, str):
                data__repeat_len = len(data__repeat)
                if data__repeat_len > 100: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__repeat): raise Refused
        if "estimate" in data_keys:
            data_keys.remove("estimate")
            data__estimate = data["estimate"]
            if not isinstance(data__estimate, (str)): raise Refused
        if "actual" in data_keys:
            data_keys.remove("actual")
            data__actual = data["actual"]
            if not isinstance(data__actual, (str)): raise Refused
        if "created_at" in data_keys:
            data_keys.remove("created_at")
            data__createdat = data["created_at"]
            if not isinstance(data__createdat, (str)): raise Refused
        if "created_by" in data_keys:
            data_keys.remove("created_by")
            data__createdby = data["created_by"]
            if not isinstance(data__createdby, (str)): raise Refused
            if isinstance(data__createdby, str):
                data__createdby_len = len(data__createdby)
                if data__createdby_len > 200: raise Refused
                if not TASK_PATTERNS['\\S'].search(data__createdby): raise Refused
        if "context" in data_keys:
            data_keys.remove("context")
            data__context = data["context"]
            if not isinstance(data__context, (str)): raise Refused
        if "description" in data_keys:
            data_keys.remove("description")
            data__description = data["description"]
            if not isinstance(data__description, (str)): raise Refused
        if "criteria" in data_keys:
            data_keys.remove("criteria")
            data__criteria = data["criteria"]
            if not isinstance(data__criteria, (list, tuple)): raise Refused
            if isinstance(data__criteria, (list, tuple)):
                for data__criteria_x, data__criteria_item in enumerate(data__criteria):
                    if not isinstance(data__criteria_item, (dict)): raise Refused
                    if isinstance(data__criteria_item, dict):
                        data__criteria_item__missing_keys = set(['text']) - data__criteria_item.keys()
                        if data__criteria_item__missing_keys: raise Refused
                        data__criteria_item_keys = set(data__criteria_item.keys())
                        if "text" in data__criteria_item_keys:
                            data__criteria_item_keys.remove("text")
                            data__criteria_item__text = data__criteria_item["text"]
                            if not isinstance(data__criteria_item__text, (str)): raise Refused
                            if isinstance(data__criteria_item__text, str):
                                if not TASK_PATTERNS['\\S'].search(data__criteria_item__text): raise Refused
                        if "measurable" in data__criteria_item_keys:
                            data__criteria_item_keys.remove("measurable")
                            data__criteria_item__measurable = data__criteria_item["measurable"]
                            if not isinstance(data__criteria_item__measurable, (str)): raise Refused
                        if "met" in data__criteria_item_keys:
                            data__criteria_item_keys.remove("met")
                            data__criteria_item__met = data__criteria_item["met"]
                            if not isinstance(data__criteria_item__met, (bool)): raise Refused
        if "files" in data_keys:
            data_keys.remove("files")
            data__files = data["files"]
            if not isinstance(data__files, (list, tuple)): raise Refused
            if isinstance(data__files, (list, tuple)):
                for data__files_x, data__files_item in enumerate(data__files):
                    if not isinstance(data__files_item, (str)): raise Refused
                    if isinstance(data__files_item, str):
                        data__files_item_len = len(data__files_item)
                        if data__files_item_len > 4096: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__files_item): raise Refused
        if "links" in data_keys:
            data_keys.remove("links")
            data__links = data["links"]
            if not isinstance(data__links, (list, tuple)): raise Refused
            if isinstance(data__links, (list, tuple)):
                for data__links_x, data__links_item in enumerate(data__links):
                    if not isinstance(data__links_item, (str)): raise Refused
                    if isinstance(data__links_item, str):
                        data__links_item_len = len(data__links_item)
                        if data__links_item_len > 4096: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__links_item): raise Refused
        if "participants" in data_keys:
            data_keys.remove("participants")
            data__participants = data["participants"]
            if not isinstance(data__participants, (list, tuple)): raise Refused
            if isinstance(data__participants, (list, tuple)):
                for data__participants_x, data__participants_item in enumerate(data__participants):
                    if not isinstance(data__participants_item, (str)): raise Refused
                    if isinstance(data__participants_item, str):
                        data__participants_item_len = len(data__participants_item)
                        if data__participants_item_len > 200: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__participants_item): raise Refused
        if "journal" in data_keys:
            data_keys.remove("journal")
            data__journal = data["journal"]
            if not isinstance(data__journal, (list, tuple)): raise Refused
            if isinstance(data__journal, (list, tuple)):
                for data__journal_x, data__journal_item in enumerate(data__journal):
                    if not isinstance(data__journal_item, (dict)): raise Refused
                    if isinstance(data__journal_item, dict):
                        data__journal_item__missing_keys = set(['at', 'by', 'text']) - data__journal_item.keys()
                        if data__journal_item__missing_keys: raise Refused
                        data__journal_item_keys = set(data__journal_item.keys())
                        if "at" in data__journal_item_keys:
                            data__journal_item_keys.remove("at")
                            data__journal_item__at = data__journal_item["at"]
                            if not isinstance(data__journal_item__at, (str)): raise Refused
                        if "by" in data__journal_item_keys:
                            data__journal_item_keys.remove("by")
                            data__journal_item__by = data__journal_item["by"]
                            if not isinstance(data__journal_item__by, (str)): raise Refused
                            if isinstance(data__journal_item__by, str):
                                data__journal_item__by_len = len(data__journal_item__by)
                                if data__journal_item__by_len > 200: raise Refused
                                if not TASK_PATTERNS['\\S'].search(data__journal_item__by): raise Refused
                        if "kind" in data__journal_item_keys:
                            data__journal_item_keys.remove("kind")
                            data__journal_item__kind = data__journal_item["kind"]
                            if not isinstance(data__journal_item__kind, (str)): raise Refused
                            if not (isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'comment' or isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'share' or isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'discovery' or isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'checkpoint' or isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'progress' or isinstance(data__journal_item__kind, str) and data__journal_item__kind == 'merge'): raise Refused
                        if "text" in data__journal_item_keys:
                            data__journal_item_keys.remove("text")
                            data__journal_item__text = data__journal_item["text"]
                            if not isinstance(data__journal_item__text, (str)): raise Refused
                            if isinstance(data__journal_item__text, str):
                                if not TASK_PATTERNS['\\S'].search(data__journal_item__text): raise Refused
                        if "request" in data__journal_item_keys:
                            data__journal_item_keys.remove("request")
                            data__journal_item__request = data__journal_item["request"]
                            if not isinstance(data__journal_item__request, (str)): raise Refused
                            if isinstance(data__journal_item__request, str):
                                data__journal_item__request_len = len(data__journal_item__request)
                                if data__journal_item__request_len > 200: raise Refused
                                if not TASK_PATTERNS['\\S'].search(data__journal_item__request): raise Refused
        if "feedback" in data_keys:
            data_keys.remove("feedback")
            data__feedback = data["feedback"]
            if not isinstance(data__feedback, (dict)): raise Refused
            if isinstance(data__feedback, dict):
                data__feedback_keys = set(data__feedback.keys())
                if "quality" in data__feedback_keys:
                    data__feedback_keys.remove("quality")
                    data__feedback__quality = data__feedback["quality"]
                    if not isinstance(data__feedback__quality, (int)) and not (isinstance(data__feedback__quality, float) and data__feedback__quality.is_integer()) or isinstance(data__feedback__quality, bool): raise Refused
                    if isinstance(data__feedback__quality, (int, float)) and not isinstance(data__feedback__quality, bool):
                        if data__feedback__quality < 1: raise Refused
                        if data__feedback__quality > 5: raise Refused
                if "timeliness" in data__feedback_keys:
                    data__feedback_keys.remove("timeliness")
                    data__feedback__timeliness = data__feedback["timeliness"]
                    if not isinstance(data__feedback__timeliness, (int)) and not (isinstance(data__feedback__timeliness, float) and data__feedback__timeliness.is_integer()) or isinstance(data__feedback__timeliness, bool): raise Refused
                    if isinstance(data__feedback__timeliness, (int, float)) and not isinstance(data__feedback__timeliness, bool):
                        if data__feedback__timeliness < 1: raise Refused
                        if data__feedback__timeliness > 5: raise Refused
                if "text" in data__feedback_keys:
                    data__feedback_keys.remove("text")
                    data__feedback__text = data__feedback["text"]
                    if not isinstance(data__feedback__text, (str)): raise Refused
                if "by" in data__feedback_keys:
                    data__feedback_keys.remove("by")
                    data__feedback__by = data__feedback["by"]
                    if not isinstance(data__feedback__by, (str)): raise Refused
                    if isinstance(data__feedback__by, str):
                        data__feedback__by_len = len(data__feedback__by)
                        if data__feedback__by_len > 200: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__feedback__by): raise Refused
        if "claim" in data_keys:
            data_keys.remove("claim")
            data__claim = data["claim"]
            if not isinstance(data__claim, (dict)): raise Refused
            if isinstance(data__claim, dict):
                data__claim__missing_keys = set(['by', 'at', 'until']) - data__claim.keys()
                if data__claim__missing_keys: raise Refused
                data__claim_keys = set(data__claim.keys())
                if "by" in data__claim_keys:
                    data__claim_keys.remove("by")
                    data__claim__by = data__claim["by"]
                    if not isinstance(data__claim__by, (str)): raise Refused
                    if isinstance(data__claim__by, str):
                        data__claim__by_len = len(data__claim__by)
                        if data__claim__by_len > 200: raise Refused
                        if not TASK_PATTERNS['\\S'].search(data__claim__by): raise Refused
                if "at" in data__claim_keys:
                    data__claim_keys.remove("at")
                    data__claim__at = data__claim["at"]
                    if not isinstance(data__claim__at, (str)): raise Refused
                if "until" in data__claim_keys:
                    data__claim_keys.remove("until")
                    data__claim__until = data__claim["until"]
                    if not isinstance(data__claim__until, (str)): raise Refused
        if "started_at" in data_keys:
            data_keys.remove("started_at")
            data__startedat = data["started_at"]
            if not isinstance(data__startedat, (str)): raise Refused
        if "completed_at" in data_keys:
            data_keys.remove("completed_at")
            data__completedat = data["completed_at"]
            if not isinstance(data__completedat, (str)): raise Refused
        if "result" in data_keys:
            data_keys.remove("result")
            data__result = data["result"]
            if not isinstance(data__result, (str)): raise Refused
        if "reason" in data_keys:
            data_keys.remove("reason")
            data__reason = data["reason"]
            if not isinstance(data__reason, (str)): raise Refused
        if "fields" in data_keys:
            data_keys.remove("fields")
            data__fields = data["fields"]
            if not isinstance(data__fields, (dict)): raise Refused
            if isinstance(data__fields, dict):
                data__fields_keys = set(data__fields.keys())
    return data

def task___definitions_id(data):
    if not isinstance(data, (str)): raise Refused
    if isinstance(data, str):
        data_len = len(data)
        if data_len < 2: raise Refused
        if data_len > 64: raise Refused
        if not TASK_PATTERNS['^[a-z0-9]+([._-][a-z0-9]+)*$'].search(data): raise Refused
    return data


CONFIG_PATTERNS = {
    '^[a-z0-9]+([._-][a-z0-9]+)*$': re.compile('^[a-z0-9]+([._-][a-z0-9]+)*\\Z'),
    '\\S': re.compile('\\S')
}

def config(data):
    if not isinstance(data, (dict)): raise Refused
    if isinstance(data, dict):
        data_keys = set(data.keys())
        if "version" in data_keys:
            data_keys.remove("version")
            data__version = data["version"]
            if not isinstance(data__version, (int)) and not (isinstance(data__version, float) and data__version.is_integer()) or isinstance(data__version, bool): raise Refused
            if isinstance(data__version, (int, float)) and not isinstance(data__version, bool):
                if data__version < 1: raise Refused
        if "types" in data_keys:
            data_keys.remove("types")
            data__types = data["types"]
            if not isinstance(data__types, (list, tuple, dict)): raise Refused
            if isinstance(data__types, (list, tuple)):
                for data__types_x, data__types_item in enumerate(data__types):
                    if not isinstance(data__types_item, (str)): raise Refused
                    if isinstance(data__types_item, str):
                        data__types_item_len = len(data__types_item)
                        if data__types_item_len > 50: raise Refused
                        if not CONFIG_PATTERNS['^[a-z0-9]+([._-][a-z0-9]+)*$'].search(data__types_item): raise Refused
            if isinstance(data__types, dict):
                data__types_keys = set(data__types.keys())
                for data__types_key in data__types_keys:
                    if data__types_key not in []:
                        data__types_value = data__types.get(data__types_key)
                        if not isinstance(data__types_value, (dict)): raise Refused
                        if isinstance(data__types_value, dict):
                            data__types_value_keys = set(data__types_value.keys())
                            if "description" in data__types_value_keys:
                                data__types_value_keys.remove("description")
                                data__types_value__description = data__types_value["description"]
                                if not isinstance(data__types_value__description, (str)): raise Refused
                            if "require" in data__types_value_keys:
                                data__types_value_keys.remove("require")
                                data__types_value__require = data__types_value["require"]
                                if not isinstance(data__types_value__require, (list, tuple)): raise Refused
                                if isinstance(data__types_value__require, (list, tuple)):
                                    for data__types_value__require_x, data__types_value__require_item in enumerate(data__types_value__require):
                                        if not isinstance(data__types_value__require_item, (str)): raise Refused
                                        if isinstance(data__types_value__require_item, str):
                                            data__types_value__require_item_len = len(data__types_value__require_item)
                                            if data__types_value__require_item_len < 1: raise Refused
        if "layout" in data_keys:
            data_keys.remove("layout")
            data__layout = data["layout"]
            if not isinstance(data__layout, (str)): raise Refused
            if not (isinstance(data__layout, str) and data__layout == 'auto' or isinstance(data__layout, str) and data__layout == 'flat' or isinstance(data__layout, str) and data__layout == 'sharded'): raise Refused
        if "commit" in data_keys:
            data_keys.remove("commit")
            data__commit = data["commit"]
            if not isinstance(data__commit, (str)): raise Refused
            if not (isinstance(data__commit, str) and data__commit == 'auto' or isinstance(data__commit, str) and data__commit == 'manual'): raise Refused
        if "limit" in data_keys:
            data_keys.remove("limit")
            data__limit = data["limit"]
            if not isinstance(data__limit, (int)) and not (isinstance(data__limit, float) and data__limit.is_integer()) or isinstance(data__limit, bool): raise Refused
            if isinstance(data__limit, (int, float)) and not isinstance(data__limit, bool):
                if data__limit < 0: raise Refused
                if data__limit > 999999: raise Refused
        if "run_hooks" in data_keys:
            data_keys.remove("run_hooks")
            data__runhooks = data["run_hooks"]
            if not isinstance(data__runhooks, (bool)): raise Refused
        if "compat" in data_keys:
            data_keys.remove("compat")
            data__compat = data["compat"]
            if not isinstance(data__compat, (str)): raise Refused
            if not (isinstance(data__compat, str) and data__compat == 'task-orchestrator'): raise Refused
        if "features" in data_keys:
            data_keys.remove("features")
            data__features = data["features"]
            if not isinstance(data__features, (dict)): raise Refused
            if isinstance(data__features, dict):
                data__features_keys = set(data__features.keys())
                for data__features_key in data__features_keys:
                    if data__features_key not in []:
                        data__features_value = data__features.get(data__features_key)
                        if not isinstance(data__features_value, (bool)): raise Refused
        if "trailers" in data_keys:
            data_keys.remove("trailers")
            data__trailers = data["trailers"]
            if not isinstance(data__trailers, (bool)): raise Refused
        if "fields" in data_keys:
            data_keys.remove("fields")
            data__fields = data["fields"]
            if not isinstance(data__fields, (dict)): raise Refused
            if isinstance(data__fields, dict):
                data__fields_keys = set(data__fields.keys())
                for data__fields_key in data__fields_keys:
                    if data__fields_key not in []:
                        data__fields_value = data__fields.get(data__fields_key)
                        if not isinstance(data__fields_value, (dict)): raise Refused
                        if isinstance(data__fields_value, dict):
                            data__fields_value__missing_keys = set(['type']) - data__fields_value.keys()
                            if data__fields_value__missing_keys: raise Refused
                            data__fields_value_keys = set(data__fields_value.keys())
                            if "type" in data__fields_value_keys:
                                data__fields_value_keys.remove("type")
                                data__fields_value__type = data__fields_value["type"]
                                if not isinstance(data__fields_value__type, (str)): raise Refused
                                if not (isinstance(data__fields_value__type, str) and data__fields_value__type == 'text' or isinstance(data__fields_value__type, str) and data__fields_value__type == 'integer' or isinstance(data__fields_value__type, str) and data__fields_value__type == 'boolean' or isinstance(data__fields_value__type, str) and data__fields_value__type == 'date' or isinstance(data__fields_value__type, str) and data__fields_value__type == 'enum' or isinstance(data__fields_value__type, str) and data__fields_value__type == 'list'): raise Refused
                            if "description" in data__fields_value_keys:
                                data__fields_value_keys.remove("description")
                                data__fields_value__description = data__fields_value["description"]
                                if not isinstance(data__fields_value__description, (str)): raise Refused
                            if "required" in data__fields_value_keys:
                                data__fields_value_keys.remove("required")
                                data__fields_value__required = data__fields_value["required"]
                                if not isinstance(data__fields_value__required, (bool)): raise Refused
                            if "choices" in data__fields_value_keys:
                                data__fields_value_keys.remove("choices")
                                data__fields_value__choices = data__fields_value["choices"]
                                if not isinstance(data__fields_value__choices, (list, tuple)): raise Refused
                                if isinstance(data__fields_value__choices, (list, tuple)):
                                    for data__fields_value__choices_x, data__fields_value__choices_item in enumerate(data__fields_value__choices):
                                        if not isinstance(data__fields_value__choices_item, (str, int)) and not (isinstance(data__fields_value__choices_item, float) and data__fields_value__choices_item.is_integer()) or isinstance(data__fields_value__choices_item, bool): raise Refused
                                        if isinstance(data__fields_value__choices_item, str):
                                            data__fields_value__choices_item_len = len(data__fields_value__choices_item)
                                            if data__fields_value__choices_item_len < 1: raise Refused
                            if "pattern" in data__fields_value_keys:
                                data__fields_value_keys.remove("pattern")
                                data__fields_value__pattern = data__fields_value["pattern"]
                                if not isinstance(data__fields_value__pattern, (str)): raise Refused
                                if isinstance(data__fields_value__pattern, str):
                                    data__fields_value__pattern_len = len(data__fields_value__pattern)
                                    if data__fields_value__pattern_len < 1: raise Refused
                                    if data__fields_value__pattern_len > 200: raise Refused
        if "phases" in data_keys:
            data_keys.remove("phases")
            data__phases = data["phases"]
            if not isinstance(data__phases, (list, tuple)): raise Refused
            if isinstance(data__phases, (list, tuple)):
                for data__phases_x, data__phases_item in enumerate(data__phases):
                    if not isinstance(data__phases_item, (dict)): raise Refused
                    if isinstance(data__phases_item, dict):
                        data__phases_item__missing_keys = set(['name']) - data__phases_item.keys()
                        if data__phases_item__missing_keys: raise Refused
                        data__phases_item_keys = set(data__phases_item.keys())
                        if "name" in data__phases_item_keys:
                            data__phases_item_keys.remove("name")
                            data__phases_item__name = data__phases_item["name"]
                            if not isinstance(data__phases_item__name, (str)): raise Refused
                            if isinstance(data__phases_item__name, str):
                                data__phases_item__name_len = len(data__phases_item__name)
                                if data__phases_item__name_len < 1: raise Refused
                                if data__phases_item__name_len > 100: raise Refused
                                if not CONFIG_PATTERNS['\\S'].search(data__phases_item__name): raise Refused
                        if "gate" in data__phases_item_keys:
                            data__phases_item_keys.remove("gate")
                            data__phases_item__gate = data__phases_item["gate"]
                            if not isinstance(data__phases_item__gate, (list, tuple)): raise Refused
                            if isinstance(data__phases_item__gate, (list, tuple)):
                                for data__phases_item__gate_x, data__phases_item__gate_item in enumerate(data__phases_item__gate):
                                    if not isinstance(data__phases_item__gate_item, (str)): raise Refused
                                    if not (isinstance(data__phases_item__gate_item, str) and data__phases_item__gate_item == 'completed' or isinstance(data__phases_item__gate_item, str) and data__phases_item__gate_item == 'criteria' or isinstance(data__phases_item__gate_item, str) and data__phases_item__gate_item == 'approved'): raise Refused
                        if "approved_by" in data__phases_item_keys:
                            data__phases_item_keys.remove("approved_by")
                            data__phases_item__approvedby = data__phases_item["approved_by"]
                            if not isinstance(data__phases_item__approvedby, (str)): raise Refused
                            if isinstance(data__phases_item__approvedby, str):
                                data__phases_item__approvedby_len = len(data__phases_item__approvedby)
                                if data__phases_item__approvedby_len < 1: raise Refused
                        if "description" in data__phases_item_keys:
                            data__phases_item_keys.remove("description")
                            data__phases_item__description = data__phases_item["description"]
                            if not isinstance(data__phases_item__description, (str)): raise Refused
        if "policies" in data_keys:
            data_keys.remove("policies")
            data__policies = data["policies"]
            if not isinstance(data__policies, (dict)): raise Refused
            if isinstance(data__policies, dict):
                data__policies_keys = set(data__policies.keys())
                if "enforcement" in data__policies_keys:
                    data__policies_keys.remove("enforcement")
                    data__policies__enforcement = data__policies["enforcement"]
                    if not isinstance(data__policies__enforcement, (str)): raise Refused
                    if not (isinstance(data__policies__enforcement, str) and data__policies__enforcement == 'advisory' or isinstance(data__policies__enforcement, str) and data__policies__enforcement == 'standard' or isinstance(data__policies__enforcement, str) and data__policies__enforcement == 'strict'): raise Refused
                if "require" in data__policies_keys:
                    data__policies_keys.remove("require")
                    data__policies__require = data__policies["require"]
                    if not isinstance(data__policies__require, (list, tuple)): raise Refused
                    if isinstance(data__policies__require, (list, tuple)):
                        for data__policies__require_x, data__policies__require_item in enumerate(data__policies__require):
                            if not isinstance(data__policies__require_item, (dict)): raise Refused
                            if isinstance(data__policies__require_item, dict):
                                data__policies__require_item__missing_keys = set(['keys']) - data__policies__require_item.keys()
                                if data__policies__require_item__missing_keys: raise Refused
                                data__policies__require_item_keys = set(data__policies__require_item.keys())
                                if "keys" in data__policies__require_item_keys:
                                    data__policies__require_item_keys.remove("keys")
                                    data__policies__require_item__keys = data__policies__require_item["keys"]
                                    if not isinstance(data__policies__require_item__keys, (list, tuple)): raise Refused
                                    if isinstance(data__policies__require_item__keys, (list, tuple)):
                                        for data__policies__require_item__keys_x, data__policies__require_item__keys_item in enumerate(data__policies__require_item__keys):
                                            if not isinstance(data__policies__require_item__keys_item, (str)): raise Refused
                                            if isinstance(data__policies__require_item__keys_item, str):
                                                data__policies__require_item__keys_item_len = len(data__policies__require_item__keys_item)
                                                if data__policies__require_item__keys_item_len < 1: raise Refused
                                if "status" in data__policies__require_item_keys:
                                    data__policies__require_item_keys.remove("status")
                                    data__policies__require_item__status = data__policies__require_item["status"]
                                    if not isinstance(data__policies__require_item__status, (list, tuple)): raise Refused
                                    if isinstance(data__policies__require_item__status, (list, tuple)):
                                        for data__policies__require_item__status_x, data__policies__require_item__status_item in enumerate(data__policies__require_item__status):
                                            if not isinstance(data__policies__require_item__status_item, (str)): raise Refused
                                            if not (isinstance(data__policies__require_item__status_item, str) and data__policies__require_item__status_item == 'pending' or isinstance(data__policies__require_item__status_item, str) and data__policies__require_item__status_item == 'in_progress' or isinstance(data__policies__require_item__status_item, str) and data__policies__require_item__status_item == 'blocked' or isinstance(data__policies__require_item__status_item, str) and data__policies__require_item__status_item == 'completed' or isinstance(data__policies__require_item__status_item, str) and data__policies__require_item__status_item == 'cancelled'): raise Refused
                                if "type" in data__policies__require_item_keys:
                                    data__policies__require_item_keys.remove("type")
                                    data__policies__require_item__type = data__policies__require_item["type"]
                                    if not isinstance(data__policies__require_item__type, (list, tuple)): raise Refused
                                    if isinstance(data__policies__require_item__type, (list, tuple)):
                                        for data__policies__require_item__type_x, data__policies__require_item__type_item in enumerate(data__policies__require_item__type):
                                            if not isinstance(data__policies__require_item__type_item, (str)): raise Refused
                                if "level" in data__policies__require_item_keys:
                                    data__policies__require_item_keys.remove("level")
                                    data__policies__require_item__level = data__policies__require_item["level"]
                                    if not isinstance(data__policies__require_item__level, (str)): raise Refused
                                    if not (isinstance(data__policies__require_item__level, str) and data__policies__require_item__level == 'warning' or isinstance(data__policies__require_item__level, str) and data__policies__require_item__level == 'error'): raise Refused
                if "transitions" in data__policies_keys:
                    data__policies_keys.remove("transitions")
                    data__policies__transitions = data__policies["transitions"]
                    if not isinstance(data__policies__transitions, (dict)): raise Refused
                    if isinstance(data__policies__transitions, dict):
                        data__policies__transitions__missing_keys = set(['allowed']) - data__policies__transitions.keys()
                        if data__policies__transitions__missing_keys: raise Refused
                        data__policies__transitions_keys = set(data__policies__transitions.keys())
                        if "allowed" in data__policies__transitions_keys:
                            data__policies__transitions_keys.remove("allowed")
                            data__policies__transitions__allowed = data__policies__transitions["allowed"]
                            if not isinstance(data__policies__transitions__allowed, (dict)): raise Refused
                            if isinstance(data__policies__transitions__allowed, dict):
                                data__policies__transitions__allowed_keys = set(data__policies__transitions__allowed.keys())
                                if "pending" in data__policies__transitions__allowed_keys:
                                    data__policies__transitions__allowed_keys.remove("pending")
                                    data__policies__transitions__allowed__pending = data__policies__transitions__allowed["pending"]
                                    if not isinstance(data__policies__transitions__allowed__pending, (list, tuple)): raise Refused
                                    if isinstance(data__policies__transitions__allowed__pending, (list, tuple)):
                                        for data__policies__transitions__allowed__pending_x, data__policies__transitions__allowed__pending_item in enumerate(data__policies__transitions__allowed__pending):
                                            if not isinstance(data__policies__transitions__allowed__pending_item, (str)): raise Refused
                                            if not (isinstance(data__policies__transitions__allowed__pending_item, str) and data__policies__transitions__allowed__pending_item == 'pending' or isinstance(data__policies__transitions__allowed__pending_item, str) and data__policies__transitions__allowed__pending_item == 'in_progress' or isinstance(data__policies__transitions__allowed__pending_item, str) and data__policies__transitions__allowed__pending_item == 'blocked' or isinstance(data__policies__transitions__allowed__pending_item, str) and data__policies__transitions__allowed__pending_item == 'completed' or isinstance(data__policies__transitions__allowed__pending_item, str) and data__policies__transitions__allowed__pending_item == 'cancelled'): raise Refused
                                if "in_progress" in data__policies__transitions__allowed_keys:
                                    data__policies__transitions__allowed_keys.remove("in_progress")
                                    data__policies__transitions__allowed__inprogress = data__policies__transitions__allowed["in_progress"]
                                    if not isinstance(data__policies__transitions__allowed__inprogress, (list, tuple)): raise Refused
                                    if isinstance(data__policies__transitions__allowed__inprogress, (list, tuple)):
                                        for data__policies__transitions__allowed__inprogress_x, data__policies__transitions__allowed__inprogress_item in enumerate(data__policies__transitions__allowed__inprogress):
                                            if not isinstance(data__policies__transitions__allowed__inprogress_item, (str)): raise Refused
                                            if not (isinstance(data__policies__transitions__allowed__inprogress_item, str) and data__policies__transitions__allowed__inprogress_item == 'pending' or isinstance(data__policies__transitions__allowed__inprogress_item, str) and data__policies__transitions__allowed__inprogress_item == 'in_progress' or isinstance(data__policies__transitions__allowed__inprogress_item, str) and data__policies__transitions__allowed__inprogress_item == 'blocked' or isinstance(data__policies__transitions__allowed__inprogress_item, str) and data__policies__transitions__allowed__inprogress_item == 'completed' or isinstance(data__policies__transitions__allowed__inprogress_item, str) and data__policies__transitions__allowed__inprogress_item == 'cancelled'): raise Refused
                                if "blocked" in data__policies__transitions__allowed_keys:
                                    data__policies__transitions__allowed_keys.remove("blocked")
                                    data__policies__transitions__allowed__blocked = data__policies__transitions__allowed["blocked"]
                                    if not isinstance(data__policies__transitions__allowed__blocked, (list, tuple)): raise Refused
                                    if isinstance(data__policies__transitions__allowed__blocked, (list, tuple)):
                                        for data__policies__transitions__allowed__blocked_x, data__policies__transitions__allowed__blocked_item in enumerate(data__policies__transitions__allowed__blocked):
                                            if not isinstance(data__policies__transitions__allowed__blocked_item, (str)): raise Refused
                                            if not (isinstance(data__policies__transitions__allowed__blocked_item, str) and data__policies__transitions__allowed__blocked_item == 'pending' or isinstance(data__policies__transitions__allowed__blocked_item, str) and data__policies__transitions__allowed__blocked_item == 'in_progress' or isinstance(data__policies__transitions__allowed__blocked_item, str) and data__policies__transitions__allowed__blocked_item == 'blocked' or isinstance(data__policies__transitions__allowed__blocked_item, str) and data__policies__transitions__allowed__blocked_item == 'completed' or isinstance(data__policies__transitions__allowed__blocked_item, str) and data__policies__transitions__allowed__blocked_item == 'cancelled'): raise Refused
                                if "completed" in data__policies__transitions__allowed_keys:
                                    data__policies__transitions__allowed_keys.remove("completed")
                                    data__policies__transitions__allowed__completed = data__policies__transitions__allowed["completed"]
                                    if not isinstance(data__policies__transitions__allowed__completed, (list, tuple)): raise Refused
                                    if isinstance(data__policies__transitions__allowed__completed, (list, tuple)):
                                        for data__policies__transitions__allowed__completed_x, data__policies__transitions__allowed__completed_item in enumerate(data__policies__transitions__allowed__completed):
                                            if not isinstance(data__policies__transitions__allowed__completed_item, (str)): raise Refused
                                            if not (isinstance(data__policies__transitions__allowed__completed_item, str) and data__policies__transitions__allowed__completed_item == 'pending' or isinstance(data__policies__transitions__allowed__completed_item, str) and data__policies__transitions__allowed__completed_item == 'in_progress' or isinstance(data__policies__transitions__allowed__completed_item, str) and data__policies__transitions__allowed__completed_item == 'blocked' or isinstance(data__policies__transitions__allowed__completed_item, str) and data__policies__transitions__allowed__completed_item == 'completed' or isinstance(data__policies__transitions__allowed__completed_item, str) and data__policies__transitions__allowed__completed_item == 'cancelled'): raise Refused
                                if "cancelled" in data__policies__transitions__allowed_keys:
                                    data__policies__transitions__allowed_keys.remove("cancelled")
                                    data__policies__transitions__allowed__cancelled = data__policies__transitions__allowed["cancelled"]
                                    if not isinstance(data__policies__transitions__allowed__cancelled, (list, tuple)): raise Refused
                                    if isinstance(data__policies__transitions__allowed__cancelled, (list, tuple)):
                                        for data__policies__transitions__allowed__cancelled_x, data__policies__transitions__allowed__cancelled_item in enumerate(data__policies__transitions__allowed__cancelled):
                                            if not isinstance(data__policies__transitions__allowed__cancelled_item, (str)): raise Refused
                                            if not (isinstance(data__policies__transitions__allowed__cancelled_item, str) and data__policies__transitions__allowed__cancelled_item == 'pending' or isinstance(data__policies__transitions__allowed__cancelled_item, str) and data__policies__transitions__allowed__cancelled_item == 'in_progress' or isinstance(data__policies__transitions__allowed__cancelled_item, str) and data__policies__transitions__allowed__cancelled_item == 'blocked' or isinstance(data__policies__transitions__allowed__cancelled_item, str) and data__policies__transitions__allowed__cancelled_item == 'completed' or isinstance(data__policies__transitions__allowed__cancelled_item, str) and data__policies__transitions__allowed__cancelled_item == 'cancelled'): raise Refused
                        if "level" in data__policies__transitions_keys:
                            data__policies__transitions_keys.remove("level")
                            data__policies__transitions__level = data__policies__transitions["level"]
                            if not isinstance(data__policies__transitions__level, (str)): raise Refused
                            if not (isinstance(data__policies__transitions__level, str) and data__policies__transitions__level == 'warning' or isinstance(data__policies__transitions__level, str) and data__policies__transitions__level == 'error'): raise Refused
                if "wip" in data__policies_keys:
                    data__policies_keys.remove("wip")
                    data__policies__wip = data__policies["wip"]
                    if not isinstance(data__policies__wip, (dict)): raise Refused
                    if isinstance(data__policies__wip, dict):
                        data__policies__wip_keys = set(data__policies__wip.keys())
                        if "per_assignee" in data__policies__wip_keys:
                            data__policies__wip_keys.remove("per_assignee")
                            data__policies__wip__perassignee = data__policies__wip["per_assignee"]
                            if not isinstance(data__policies__wip__perassignee, (int)) and not (isinstance(data__policies__wip__perassignee, float) and data__policies__wip__perassignee.is_integer()) or isinstance(data__policies__wip__perassignee, bool): raise Refused
                            if isinstance(data__policies__wip__perassignee, (int, float)) and not isinstance(data__policies__wip__perassignee, bool):
                                if data__policies__wip__perassignee < 1: raise Refused
                                if data__policies__wip__perassignee > 1000000: raise Refused
                        if "total" in data__policies__wip_keys:
                            data__policies__wip_keys.remove("total")
                            data__policies__wip__total = data__policies__wip["total"]
                            if not isinstance(data__policies__wip__total, (int)) and not (isinstance(data__policies__wip__total, float) and data__policies__wip__total.is_integer()) or isinstance(data__policies__wip__total, bool): raise Refused
                            if isinstance(data__policies__wip__total, (int, float)) and not isinstance(data__policies__wip__total, bool):
                                if data__policies__wip__total < 1: raise Refused
                                if data__policies__wip__total > 1000000: raise Refused
                        if "level" in data__policies__wip_keys:
                            data__policies__wip_keys.remove("level")
                            data__policies__wip__level = data__policies__wip["level"]
                            if not isinstance(data__policies__wip__level, (str)): raise Refused
                            if not (isinstance(data__policies__wip__level, str) and data__policies__wip__level == 'warning' or isinstance(data__policies__wip__level, str) and data__policies__wip__level == 'error'): raise Refused
                if "criteria" in data__policies_keys:
                    data__policies_keys.remove("criteria")
                    data__policies__criteria = data__policies["criteria"]
                    if not isinstance(data__policies__criteria, (dict)): raise Refused
                    if isinstance(data__policies__criteria, dict):
                        data__policies__criteria__missing_keys = set(['need']) - data__policies__criteria.keys()
                        if data__policies__criteria__missing_keys: raise Refused
                        data__policies__criteria_keys = set(data__policies__criteria.keys())
                        if "need" in data__policies__criteria_keys:
                            data__policies__criteria_keys.remove("need")
                            data__policies__criteria__need = data__policies__criteria["need"]
                            if not isinstance(data__policies__criteria__need, (str)): raise Refused
                            if not (isinstance(data__policies__criteria__need, str) and data__policies__criteria__need == 'met'): raise Refused
                        if "level" in data__policies__criteria_keys:
                            data__policies__criteria_keys.remove("level")
                            data__policies__criteria__level = data__policies__criteria["level"]
                            if not isinstance(data__policies__criteria__level, (str)): raise Refused
                            if not (isinstance(data__policies__criteria__level, str) and data__policies__criteria__level == 'warning' or isinstance(data__policies__criteria__level, str) and data__policies__criteria__level == 'error'): raise Refused
    return data
