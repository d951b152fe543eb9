"""The store for clients of the Model Context Protocol: ten tools and three resources over the same actions."""
