"""The author of a post in a template: `{% with shown=post|shown_author %}`. Never `post.author`."""

from django import template

from participation.identity import shown_author

register = template.Library()
register.filter(shown_author)
