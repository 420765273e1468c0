"""The county's own workbooks, copied, with the faulty cells filled and commented: for whoever typed them."""
