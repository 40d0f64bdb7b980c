exports.users = ['Ada', 'Grace']
